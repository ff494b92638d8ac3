using Microsoft.Extensions.Logging;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Experiments;

namespace SasRec.Functions.Experiments;

/// <summary>Holds the experiments as this instance knows them, and follows every change with the models that they need.</summary>
/// <remarks>Where storage fails, the last known experiments go on. Where they have never been read, everybody is served as without: slates that
/// nobody logs for an experiment cost it a little power, and an answer that waits for it costs a shop more.</remarks>
sealed class ExperimentHolder(
    ExperimentOptions options, ExperimentStore store, ExperimentModels models, TimeProvider clock, ILogger<ExperimentHolder> log)
    : StorageFollower(options.PollInterval, options.StartTimeout, clock)
{
    volatile ExperimentBook known = new();
    string? etag;

    /// <summary>The experiments; none where they have not been read yet. Waits for the first reading of a new instance.</summary>
    public async ValueTask<ExperimentBook> GetAsync(CancellationToken cancellation)
    {
        await AskedAsync(cancellation);
        return known;
    }

    protected override async Task PollAsync(CancellationToken cancellation)
    {
        try
        {
            var changed = await store.IfChangedAsync(etag, cancellation);
            var book = changed?.Book ?? known;

            // The models come first: an arm that begins is served by its own model from its first slate on.
            await models.HoldAsync(book, cancellation);
            (known, etag) = (book, changed?.ETag ?? etag);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            log.LogError(e, "The experiments cannot be read; those of version {Version} go on.", known.Version);
        }
    }
}
