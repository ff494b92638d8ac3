using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace SasRec.Storage;

/// <summary>A record that is kept in one blob, which is moved with If-Match: no change is lost, and every reader sees whole changes.</summary>
/// <param name="blob">Where it is.</param>
/// <param name="what">What it is: "The rules".</param>
/// <param name="format">The newest format version that is known.</param>
/// <param name="json">How it is written.</param>
sealed class StoredBook<T>(BlobClient blob, string what, int format, JsonTypeInfo<T> json)
    where T : class, new()
{
    /// <summary>The record; a new one where there was never any.</summary>
    /// <exception cref="NewerFormatException">It has a format that is not known yet.</exception>
    public async Task<T> CurrentAsync(CancellationToken cancellation) => (await IfChangedAsync(null, cancellation))?.Book ?? new T();

    /// <summary>The record if it changed; null if it did not, or if there was never any.</summary>
    /// <param name="etag">The record as last seen; null for never.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="NewerFormatException">It has a format that is not known yet.</exception>
    public async Task<(T Book, string ETag)?> IfChangedAsync(string? etag, CancellationToken cancellation)
    {
        try
        {
            var options = new BlobDownloadOptions
            {
                Conditions = etag is null ? null : new BlobRequestConditions { IfNoneMatch = new ETag(etag) },
            };
            var response = await blob.DownloadContentAsync(options, cancellation);
            if (response.GetRawResponse().Status == 304)
            {
                return null;
            }

            StoredFormat.Check(what, response.Value.Content, format);
            return (JsonSerializer.Deserialize(response.Value.Content, json)!, response.Value.Details.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.Status is 304 or 404)
        {
            return null;
        }
    }

    /// <summary>Changes the record.</summary>
    /// <param name="change">Makes the next record of the present one, or null for no change. Called again where somebody else was faster; what it throws ends the call.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The record as written; null for no change.</returns>
    public async Task<T?> ChangeAsync(Func<T, T?> change, CancellationToken cancellation)
    {
        while (true)
        {
            var known = await IfChangedAsync(null, cancellation);
            if (change(known?.Book ?? new T()) is not { } next)
            {
                return null;
            }

            var conditions = known is { } present
                ? new BlobRequestConditions { IfMatch = new ETag(present.ETag) }
                : new BlobRequestConditions { IfNoneMatch = ETag.All };
            try
            {
                var bytes = JsonSerializer.SerializeToUtf8Bytes(next, json);
                await blob.UploadAsync(new BinaryData(bytes), new BlobUploadOptions { Conditions = conditions }, cancellation);
                return next;
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412)
            {
                // Somebody else was faster: their change is kept, and this one comes behind it.
            }
        }
    }
}
