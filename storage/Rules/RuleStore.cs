using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace SasRec.Storage.Rules;

/// <summary>Keeps the rules of placements in one blob that is moved with If-Match, so that no change is lost and every reader sees whole changes.</summary>
public sealed class RuleStore(StorageConnection storage)
{
    readonly BlobClient blob = storage.Container(Names.ModelsContainer).GetBlobClient(Names.ModelBlobs.Rules);

    /// <summary>The rules; an empty book where there were never any.</summary>
    /// <exception cref="NewerFormatException">The book has a format that is not known yet.</exception>
    public async Task<RuleBook> CurrentAsync(CancellationToken cancellation = default) => (await LoadAsync(null, cancellation))?.Book ?? new RuleBook();

    /// <summary>The rules if they changed; null if they did not, or if there were never any.</summary>
    /// <param name="etag">The book as last seen; null for never.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="NewerFormatException">The book has a format that is not known yet.</exception>
    public Task<KnownRules?> IfChangedAsync(string? etag, CancellationToken cancellation = default) => LoadAsync(etag, cancellation);

    /// <summary>Changes the rules of one placement.</summary>
    /// <param name="change">The change; its number is set here.</param>
    /// <param name="expected">The number of the placement's change that it replaces, 0 for none; null for any.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The change with its number; null where the placement is not at the expected one.</returns>
    public async Task<RuleChange?> ChangeAsync(RuleChange change, int? expected = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        while (true)
        {
            var known = await LoadAsync(null, cancellation);
            var book = known?.Book ?? new RuleBook();
            if (expected is not null && expected != (book.Of(change.Placement)?.Version ?? 0))
            {
                return null;
            }

            var numbered = change with { Version = book.Version + 1 };
            var conditions = known is null
                ? new BlobRequestConditions { IfNoneMatch = ETag.All }
                : new BlobRequestConditions { IfMatch = new ETag(known.ETag) };
            try
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(book.With(numbered), RuleJson.Indented.RuleBook);
                await blob.UploadAsync(new BinaryData(json), new BlobUploadOptions { Conditions = conditions }, cancellation);
                return numbered;
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412)
            {
                // Somebody else was faster: their change is kept, and this one comes behind it.
            }
        }
    }

    async Task<KnownRules?> LoadAsync(string? etag, CancellationToken cancellation)
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

            StoredFormat.Check("The rules", response.Value.Content, RuleBook.KnownFormat);
            return new KnownRules(
                JsonSerializer.Deserialize(response.Value.Content, RuleJson.Indented.RuleBook)!, response.Value.Details.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.Status is 304 or 404)
        {
            return null;
        }
    }
}

/// <summary>The rules as they were read.</summary>
/// <param name="Book">The rules.</param>
/// <param name="ETag">What to ask <see cref="RuleStore.IfChangedAsync"/> with next time.</param>
public sealed record KnownRules(RuleBook Book, string ETag);
