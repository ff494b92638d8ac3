using SasRec.Core.Evaluate.Insights;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;
using SasRec.Trainer.Publish;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Run;

/// <summary>A run that trains nothing: what is new is read, and counted anew for the network that serves.</summary>
/// <param name="storage">The log, the registry and the records.</param>
/// <param name="terminal">Says what was done.</param>
/// <param name="options">How the run goes.</param>
/// <param name="journal">The run's record.</param>
sealed class RefreshPhases(StorageConnection storage, Terminal terminal, RetrainOptions options, RunJournal journal)
{
    readonly ModelRegistry registry = new(storage);

    /// <summary>Runs them. What they found is in the journal.</summary>
    /// <param name="cancellation">Stops the run.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (await registry.CurrentAsync(cancellation) is not { } active)
        {
            Skip("No model serves, so there is none to refresh; a run without --refresh trains one.");
            return;
        }

        var champion = await registry.GetAsync(active.Pointer.Version, cancellation);
        var log = new LogReader(
            new SnapshotStore(storage), new LoggedPropensities(new ImpressionLog(storage), storage.Options.Parallelism), options.Meanings, terminal);
        var data = await journal.PhaseAsync("snapshot", () => log.ReadAsync(options.Dataset, trains: false, cancellation));
        var ledger = new LedgerOptions { Meanings = options.Meanings };
        var responses = new LoggedResponses(new ImpressionLog(storage), ledger, terminal.Time);
        var refresh = new ModelRefresh(registry, responses, Path.Combine(options.Work, "champion"));
        var run = journal.Record;
        var published = await journal.PhaseAsync("refresh", () => refresh.RefreshAsync(champion, data, run.RunId, run.TraceParent, cancellation));
        if (published is null)
        {
            Skip($"{champion.Version} was not trained here, so it cannot be refreshed.");
            return;
        }

        terminal.Say($"{published.Version} serves. {string.Join(' ', published.Verdict!.Reasons)}");
        journal.Update(record => record with
        {
            Outcome = RunOutcome.Published,
            Data = Manifests.RangeOf(data),
            Response = published.Response,
            Verdict = published.Verdict,
            ModelVersion = published.Version,
        });
    }

    void Skip(string reason)
    {
        terminal.Say(reason);
        journal.Update(record => record with { Outcome = RunOutcome.NothingNew, Error = reason });
    }
}
