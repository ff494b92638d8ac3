using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Experiments;
using SasRec.Storage.Log;

namespace SasRec.Storage.Experiments;

/// <summary>Reads what the ledger of slates says of an experiment.</summary>
/// <remarks>
/// The slates are read in the order of serving and each is let go at once: memory holds the users' outcomes. Where the time runs out, the report is
/// that of the moment up to which the ledger was read: who was served first is known, and whose window had passed by then counts. So such a
/// report is early, and not wrong.
/// </remarks>
public sealed class ExperimentLedger(ImpressionLog impressions)
{
    /// <summary>The report of an experiment that has started.</summary>
    /// <param name="stored">The experiment.</param>
    /// <param name="options">How slates are joined with what followed.</param>
    /// <param name="maxUsers">How many users are kept in memory at most.</param>
    /// <param name="now">The time.</param>
    /// <param name="limit">Ends the reading; what was read until then is reported.</param>
    public async Task<ExperimentReport> ReadAsync(
        StoredExperiment stored, LedgerOptions options, int maxUsers, DateTimeOffset now, CancellationToken limit = default)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var tally = new ExperimentTally(stored.Experiment, options, maxUsers);
        var from = stored.StartedAt ?? throw new ArgumentException($"The experiment '{stored.Experiment.Id}' has not started.", nameof(stored));
        var read = from;
        try
        {
            await foreach (var slate in impressions.ScanSlatesAsync(from - InteractionRules.ClockSkew, (stored.StoppedAt ?? now) + InteractionRules.ClockSkew, limit))
            {
                tally.Add(slate);
                read = slate.Impression.ServedAt;
            }
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return tally.Build(read, complete: false);
        }

        return tally.Build(now);
    }
}
