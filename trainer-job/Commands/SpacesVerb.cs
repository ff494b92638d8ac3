using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>The state of a space.</summary>
/// <param name="Space">Its name; empty for the default one.</param>
/// <param name="Events">Interactions in its training snapshot and, not yet in it, in its change feed; one that was appended twice may count twice.</param>
/// <param name="Items">Items of its catalogue.</param>
/// <param name="Model">The version that serves; null for none.</param>
/// <param name="LastRun">Its newest run; null for none.</param>
sealed record SpaceState(string Space, long Events, int Items, string? Model, RunRecord? LastRun);

/// <summary>Shows the spaces of the account; its verb deletes one.</summary>
sealed class SpacesVerb : StorageVerb
{
    public SpacesVerb(Terminal terminal)
        : base(terminal, "spaces", "Lists the spaces: events, items, the model that serves, and the last run. With delete, deletes one.", inSpace: false) =>
        Add(new DeleteSpaceVerb(terminal));

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var states = new List<SpaceState>();
        foreach (var space in (await storage.SpacesAsync(cancellation)).Prepend(""))
        {
            states.Add(await StateAsync(storage.In(space), cancellation));
        }

        Terminal.Finish(states, string.Join(Environment.NewLine, ["space                       events      items  model                   last run", .. states.Select(Line)]));
        return ExitCode.Ok;
    }

    static async Task<SpaceState> StateAsync(StorageConnection space, CancellationToken cancellation)
    {
        var (snapshots, runs) = (new SnapshotStore(space), new RunLog(space));
        return new SpaceState(
            space.Options.Space,
            (await snapshots.CurrentAsync(cancellation)).Interactions + await snapshots.CountNewAsync(cancellation),
            (await new ItemStore(space).ScanAsync(cancellation)).Count,
            (await new ModelRegistry(space).CurrentAsync(cancellation))?.Pointer.Version,
            await runs.StandingAsync(await runs.ListAsync(1, cancellation), cancellation) is [var last, ..] ? last : null);
    }

    static string Line(SpaceState state) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(state.Space.Length > 0 ? state.Space : "(default)"),-20} {state.Events,13:N0} {state.Items,10:N0}  {state.Model ?? "none",-22}  {(state.LastRun is { } run ? $"{run.RunId} {run.Outcome}" : "none")}");
}

/// <summary>Deletes a space with everything in it.</summary>
sealed class DeleteSpaceVerb : StorageVerb
{
    readonly Argument<string> name = new("NAME") { Description = "The space; the default one cannot be deleted." };
    readonly Option<bool> yes = new("--yes") { Description = "Delete it. Its log, catalogue, models and rules are gone then; tables cannot be restored." };

    public DeleteSpaceVerb(Terminal terminal)
        : base(terminal, "delete", "Deletes a space with everything in it. First take it out of Spaces__Names and restart the functions app, which would make it anew.", inSpace: false)
    {
        Add(name);
        Add(yes);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var space = await InAsync(storage, parsed.GetValue(name)!, cancellation);
        if (!parsed.GetValue(yes))
        {
            throw new UserError($"Nothing was deleted. --yes deletes the space '{space.Options.Space}' for good.") { Code = ExitCode.Usage };
        }

        if (await SingleFlight.IsHeldAsync(space, Names.RetrainLease, cancellation))
        {
            throw new UserError($"A run is at work in the space '{space.Options.Space}'. Wait for it to end.") { Code = ExitCode.LeaseHeld };
        }

        await space.DeleteAsync(cancellation);
        Terminal.Finish(new { deleted = space.Options.Space }, $"The space '{space.Options.Space}' is deleted.");
        return ExitCode.Ok;
    }
}
