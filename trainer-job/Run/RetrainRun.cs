using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Telemetry;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Run;

/// <summary>The scheduled run: snapshot, train, evaluate, gate, refit, export, publish, or a refresh of what serves; one at a time, and every one
/// recorded.</summary>
/// <param name="storage">The log, the registry and the records.</param>
/// <param name="terminal">Shows progress.</param>
/// <param name="options">How the run goes.</param>
sealed class RetrainRun(StorageConnection storage, Terminal terminal, RetrainOptions options)
{
    /// <summary>Runs, and returns the run's record; null where another run holds the lease.</summary>
    /// <param name="cancellation">Stops the run; trainings save their progress.</param>
    /// <exception cref="UserError">The lease was lost.</exception>
    public async Task<RunRecord?> RunAsync(CancellationToken cancellation)
    {
        await using var flight = await SingleFlight.TryAcquireAsync(storage, Names.RetrainLease, cancellation);
        if (flight is null)
        {
            return null;
        }

        var runs = new RunLog(storage);
        var runId = options.RunId ?? runs.NewId();
        using var span = RunTelemetry.Start(terminal.Setting(TraceLink.Variable), runId, options.Trigger, storage.Options.Space);
        var begun = new RunRecord
        {
            RunId = runId, Trigger = options.Trigger, Refresh = options.Refresh, StartedAt = terminal.Time.GetUtcNow(), TraceParent = TraceLink.Current,
        };
        var journal = await RunJournal.BeginAsync(runs, begun, terminal, cancellation);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, flight.Lost);
        try
        {
            await new SlateMigration(storage).MoveAsync(either.Token);
            await (options.Refresh
                ? new RefreshPhases(storage, terminal, options, journal).RunAsync(either.Token)
                : new RetrainPhases(storage, terminal, options, journal).RunAsync(either.Token));
            return await journal.EndAsync();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await journal.EndAsync(record => record with { Outcome = RunOutcome.Cancelled });
            throw;
        }
        catch (OperationCanceledException e) when (flight.Lost.IsCancellationRequested)
        {
            const string Lost = "The lease was lost: storage could not be reached for too long. Run again.";
            await journal.EndAsync(record => record with { Outcome = RunOutcome.Failed, Error = Lost });
            throw new UserError(Lost, e);
        }
        catch (Exception e)
        {
            await journal.EndAsync(record => record with { Outcome = RunOutcome.Failed, Error = e.Message });
            throw;
        }
    }
}
