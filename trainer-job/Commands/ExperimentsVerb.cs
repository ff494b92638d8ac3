using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Core.Experiments;
using SasRec.Storage;
using SasRec.Storage.Experiments;
using SasRec.Storage.Log;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>Lists experiments, or reports on one.</summary>
sealed class ExperimentsVerb : StorageVerb
{
    const int MaxUsers = 10_000_000;

    readonly Argument<string?> id = new("EXPERIMENT")
    {
        Description = "The experiment to report on; without it, all are listed.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public ExperimentsVerb(Terminal terminal)
        : base(terminal, "experiments", "Lists experiments, or reports on one: its verdict, its arms, and what must not suffer. The report reads the whole ledger of the experiment.")
    {
        Add(id);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var book = await new ExperimentStore(storage).CurrentAsync(cancellation);
        if (parsed.GetValue(id) is not { } wanted)
        {
            Terminal.Finish(book.Experiments, book.Experiments.Count == 0 ? "There are no experiments." : string.Join('\n', book.Experiments.Select(Line)));
            return ExitCode.Ok;
        }

        if (book.Of(wanted) is not { StartedAt: not null } stored)
        {
            throw new UserError(book.Of(wanted) is null ? $"There is no experiment '{wanted}'." : $"The experiment '{wanted}' has not started.");
        }

        var report = await new ExperimentLedger(new ImpressionLog(storage)).ReadAsync(
            stored, new() { Meanings = Meanings() }, MaxUsers, Terminal.Time.GetUtcNow(), cancellation);
        cancellation.ThrowIfCancellationRequested();
        Terminal.Finish(report, string.Join('\n', [report.Verdict, .. report.Warnings, .. report.Arms.Select(Line)]));
        return ExitCode.Ok;
    }

    static string Line(StoredExperiment stored) => string.Create(
        CultureInfo.InvariantCulture,
        $"{stored.Experiment.Id,-26} {stored.State,-8} {string.Join(", ", stored.Experiment.Arms.Select(arm => string.Create(CultureInfo.InvariantCulture, $"{arm.Name} {arm.Share:0.#%}")))}");

    static string Line(ArmReport arm) => string.Create(
        CultureInfo.InvariantCulture,
        $"{arm.Name,-26} {arm.Users,9:N0} users, {arm.OpenUsers,9:N0} open, {arm.Mean,8:0.0000} actions a user{Against(arm.Difference)}, {arm.Guards.EmptyShare:0.0%} empty slates, {arm.Guards.Items:N0} items shown");

    static string Against(ArmDifference? difference) => difference is null ? "" : string.Create(
        CultureInfo.InvariantCulture, $", {difference.Value:+0.0000;-0.0000} [{difference.Low:+0.0000;-0.0000}, {difference.High:+0.0000;-0.0000}]");
}
