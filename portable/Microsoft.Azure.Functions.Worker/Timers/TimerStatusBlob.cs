using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;

namespace SasRec.Portable.LocalHost.Timers;

/// <summary>Where a timer stands, kept from one host's life to the next.</summary>
sealed class TimerStatusBlob(BlobClient blob)
{
    /// <summary>The status as last written; null if there is none.</summary>
    public async Task<ScheduleStatus?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var content = await blob.DownloadContentAsync(cancellation);
            return content.Value.Content.ToObjectFromJson<ScheduleStatus>();
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{blob.Uri} is no timer status: {e.Message}", e);
        }
    }

    public Task WriteAsync(ScheduleStatus status) => blob.UploadAsync(BinaryData.FromObjectAsJson(status), overwrite: true);
}
