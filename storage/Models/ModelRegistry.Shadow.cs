using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;

namespace SasRec.Storage.Models;

/// <summary>Which model scores live traffic without showing anything: <c>shadow.json</c>.</summary>
/// <param name="Version">The model; null for none.</param>
/// <param name="Since">When that was decided, in UTC.</param>
/// <param name="By">Who decided it.</param>
/// <param name="Reason">Why.</param>
public sealed record ShadowPointer(string? Version, DateTimeOffset Since, string By, string Reason);

/// <summary>The pointer as it was read.</summary>
/// <param name="Pointer">Which model is the shadow.</param>
/// <param name="ETag">What to ask <see cref="ModelRegistry.ShadowIfChangedAsync"/> with next time.</param>
public sealed record ActiveShadow(ShadowPointer Pointer, string ETag);

/// <content>The shadow: a second pointer, of which at most one model at a time can be the end.</content>
public sealed partial class ModelRegistry
{
    /// <summary>Lets a version, refused or not, score live traffic without showing anything; it takes the place of another.</summary>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    public async Task<ShadowPointer> ShadowAsync(string version, string who, string reason, CancellationToken cancellation = default)
    {
        await GetAsync(version, cancellation);
        return await PointShadowAsync(new ShadowPointer(version, storage.Time.GetUtcNow(), who, reason), cancellation);
    }

    /// <summary>Ends the shadow.</summary>
    public Task<ShadowPointer> EndShadowAsync(string who, string reason, CancellationToken cancellation = default) =>
        PointShadowAsync(new ShadowPointer(null, storage.Time.GetUtcNow(), who, reason), cancellation);

    /// <summary>Which model is the shadow, if that changed; null if it did not, or if there was never one.</summary>
    /// <param name="etag">The pointer as last seen; null for never.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<ActiveShadow?> ShadowIfChangedAsync(string? etag, CancellationToken cancellation = default)
    {
        try
        {
            var options = new BlobDownloadOptions
            {
                Conditions = etag is null ? null : new BlobRequestConditions { IfNoneMatch = new ETag(etag) },
            };
            var response = await models.GetBlobClient(Names.ModelBlobs.Shadow).DownloadContentAsync(options, cancellation);
            return response.GetRawResponse().Status == 304
                ? null
                : new ActiveShadow(ParseShadow(response.Value.Content), response.Value.Details.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.Status is 304 or 404)
        {
            return null;
        }
    }

    /// <summary>The pointer; none where it cannot be read: nobody is shown anything by it.</summary>
    ShadowPointer ParseShadow(BinaryData json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ModelJson.Indented.ShadowPointer)!;
        }
        catch (JsonException)
        {
            return new ShadowPointer(null, storage.Time.GetUtcNow(), "registry", "shadow.json cannot be read");
        }
    }

    async Task<ShadowPointer> PointShadowAsync(ShadowPointer pointer, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(pointer.By, nameof(pointer));
        var json = JsonSerializer.SerializeToUtf8Bytes(pointer, ModelJson.Indented.ShadowPointer);
        await models.GetBlobClient(Names.ModelBlobs.Shadow).UploadAsync(new BinaryData(json), overwrite: true, cancellation);
        return pointer;
    }
}
