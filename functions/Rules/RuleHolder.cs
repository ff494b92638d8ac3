using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Http;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Rules;

namespace SasRec.Functions.Rules;

/// <summary>Holds the rules as this instance knows them, and follows every change. Where storage fails, the last known rules keep serving.</summary>
sealed class RuleHolder(RuleOptions options, RuleStore store, KeptFile<RuleBook> file, TimeProvider clock, ILogger<RuleHolder> log)
    : StorageFollower(options.PollInterval, options.StartTimeout, clock)
{
    volatile RuleBook? known;
    string? etag;

    /// <summary>The rules; null where they have not been read yet. Waits for the first reading of a new instance.</summary>
    public async ValueTask<RuleBook?> GetAsync(CancellationToken cancellation)
    {
        await AskedAsync(cancellation);
        return known;
    }

    /// <summary>The answer where the rules have not been read: an item might be shown that they withhold.</summary>
    public static IResult NotRead() => Problem.Of(
        StatusCodes.Status503ServiceUnavailable, "The rules have not been read yet.", "Storage is out of reach: GET /api/status says why.");

    protected override async Task PollAsync(CancellationToken cancellation)
    {
        try
        {
            if (await store.IfChangedAsync(etag, cancellation) is { } changed)
            {
                (known, etag) = (changed.Book, changed.ETag);
                file.Keep(known);
            }
            else if (etag is null && known is not { Version: 0 })
            {
                // There were never any.
                file.Keep(known = new RuleBook());
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            known ??= file.Find();
            log.LogError(e, "The rules cannot be read; those of version {Version} keep serving.", known?.Version);
        }
    }
}
