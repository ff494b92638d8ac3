using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.WebJobs.Extensions.Timers;

namespace SasRec.Host.Listeners;

/// <summary>Keeps when each timer ran last, so that an occurrence which passed while no host ran is made up for.</summary>
/// <remarks>The WebJobs SDK's own monitor does not load beside the current storage package; this one keeps the same record in the same blob.</remarks>
sealed class BlobScheduleMonitor(BlobContainerClient container, string hostId) : ScheduleMonitor
{
    public override async Task<ScheduleStatus?> GetStatusAsync(string timerName)
    {
        try
        {
            var content = await Blob(timerName).DownloadContentAsync();
            return content.Value.Content.ToObjectFromJson<ScheduleStatus>();
        }
        catch (Exception e) when (e is RequestFailedException { Status: 404 } or JsonException)
        {
            return null;
        }
    }

    public override async Task UpdateStatusAsync(string timerName, ScheduleStatus status)
    {
        await container.CreateIfNotExistsAsync();
        await Blob(timerName).UploadAsync(BinaryData.FromObjectAsJson(status), overwrite: true);
    }

    BlobClient Blob(string timerName) => container.GetBlobClient($"timers/{hostId}/{timerName}/status");
}
