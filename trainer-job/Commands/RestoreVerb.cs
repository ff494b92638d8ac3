using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>Restores histories from the training snapshot.</summary>
sealed class RestoreVerb : StorageVerb
{
    readonly Option<bool> snapshot = new("--snapshot")
    {
        Description = "The other way: writes the training snapshot anew from the histories, where it was lost or cannot be read.",
    };

    public RestoreVerb(Terminal terminal)
        : base(
            terminal,
            "restore",
            "Writes the histories of the training snapshot back into the table Interactions, after that table was lost. "
                + "Safe to repeat; one that was stopped goes on where it was.") => Add(snapshot);

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        // A retrain run would move the snapshot meanwhile.
        await using var right = await SingleFlight.TryAcquireAsync(storage, Names.RetrainLease, cancellation)
            ?? throw new UserError("A retrain run is at work. Wait for it to end; its lease ends a minute after its process does.")
            {
                Code = ExitCode.LeaseHeld,
            };
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, right.Lost);
        try
        {
            if (parsed.GetValue(snapshot))
            {
                var rebuilt = await Terminal.MeterAsync(
                    "Rebuilding", 0, "interactions", meter => new SnapshotStore(storage).RebuildAsync(count => meter.Add(count), either.Token));
                Terminal.Finish(new { interactions = rebuilt.Interactions }, $"{rebuilt.Interactions} interactions are in the training snapshot.");
                return ExitCode.Ok;
            }

            var restore = new HistoryRestore(storage);
            var total = await restore.CountAsync(either.Token);
            var written = await Terminal.MeterAsync(
                "Restoring", total, "interactions", meter => restore.RunAsync(count => meter.Add(count), either.Token));
            Terminal.Finish(new { interactions = total, written }, $"{written} of {total} interactions written; the rest was written before, or its user was deleted.");
            return ExitCode.Ok;
        }
        catch (OperationCanceledException e) when (right.Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new UserError("The lease was lost: storage could not be reached for too long. Run again.", e);
        }
    }
}
