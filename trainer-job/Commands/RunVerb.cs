using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;
using SasRec.Trainer.Run;

namespace SasRec.Trainer.Commands;

/// <summary>What a run came to, as --json prints it.</summary>
/// <param name="RunId">Its record is training/runs/{RunId}.json.</param>
/// <param name="Outcome">published, refused or nothingNew.</param>
/// <param name="ModelVersion">The new model; null where nothing was new.</param>
/// <param name="Events">Interactions that it was trained on.</param>
/// <param name="Users">Users among them.</param>
/// <param name="Items">Items among them.</param>
/// <param name="Ndcg10">Strict, leave-one-out, full ranking.</param>
/// <param name="Hr10">Strict, leave-one-out, full ranking.</param>
/// <param name="ServedNdcg10">Of the slates that the default exploration serves, on the same test.</param>
/// <param name="ServedHr10">The same of HR@10.</param>
/// <param name="PopularityNdcg10">The baseline of all time on the same test.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="PhaseSeconds">How long each phase took.</param>
/// <param name="Reasons">What the gate says.</param>
/// <param name="Response">What became of the response model; null where nothing was exported.</param>
sealed record RunSummary(
    string RunId,
    string Outcome,
    string? ModelVersion,
    long Events,
    int Users,
    int Items,
    double? Ndcg10,
    double? Hr10,
    double? ServedNdcg10,
    double? ServedHr10,
    double? PopularityNdcg10,
    double Seconds,
    IReadOnlyDictionary<string, double> PhaseSeconds,
    IReadOnlyList<string> Reasons,
    ResponseSummary? Response);

/// <summary>What training does about what users were shown.</summary>
enum Correction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Clipped inverse propensities, as logged.</summary>
    Propensity,
}

/// <summary>The scheduled job.</summary>
sealed class RunVerb : StorageVerb
{
    readonly Option<string> trigger = new(TrainerArguments.Trigger)
    {
        Description = "What started the run, as its record says.",
        DefaultValueFactory = _ => "command line",
    };

    readonly Option<string?> runId = new(TrainerArguments.RunId) { Description = "The run's id; else it is given one." };

    readonly Option<long> minNew = new("--min-new")
    {
        Description = "Train only if at least so many interactions are new since the last run.",
        DefaultValueFactory = _ => 0,
    };

    readonly Option<string?> work = new("--work")
    {
        Description = "The folder for checkpoints and models under way; else sasrec-trainer in the machine's temporary folder.",
    };

    readonly RecordOptions<GateOptions> gate = new();
    readonly Option<bool> shadowRefused = new("--shadow-refused")
    {
        Description = "Let a model that the gate refuses score live traffic without showing anything; it takes memory and time of every instance.",
    };

    readonly Option<bool> refresh = new(TrainerArguments.Refresh)
    {
        Description = "Train nothing: publish the network that serves with item pairs, popularity and response model counted anew.",
    };

    readonly Option<bool> keepChampion = new("--keep-champion", "--keep-response")
    {
        Description = "Where the gate refuses the new network, leave the one that serves as it is; else it is refreshed.",
    };

    readonly Option<Correction> correction = new("--correction")
    {
        Description = "None: every interaction counts alike. Propensity: what came through a slate counts by the inverse of the propensity "
            + "logged with it, clipped; what users did on their own counts 1.",
        DefaultValueFactory = _ => Correction.None,
    };

    readonly Option<double> maxWeight = new("--max-weight")
    {
        Description = "With --correction Propensity: the most that an interaction counts, 1 to 1,000.",
        DefaultValueFactory = _ => 5,
    };

    readonly RecordOptions<DatasetOptions> dataset;
    readonly RecordOptions<WarmStartOptions> warm;
    readonly TrainingOptionSet training;

    public RunVerb(Terminal terminal)
        : base(
            terminal,
            TrainerArguments.Run,
            "The scheduled job: takes in what is new, trains, evaluates, asks the gate, exports and publishes. One at a time.")
    {
        Add(trigger);
        Add(runId);
        Add(minNew);
        Add(refresh);
        Add(work);
        gate.AddTo(this);
        Add(shadowRefused);
        Add(keepChampion);
        warm = new RecordOptions<WarmStartOptions>().AddTo(this);
        Add(correction);
        Add(maxWeight);
        dataset = new RecordOptions<DatasetOptions>().AddTo(this);
        training = new TrainingOptionSet().AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var options = new RetrainOptions(
            parsed.GetValue(runId),
            parsed.GetValue(trigger)!,
            parsed.GetValue(minNew),
            WorkFolder(parsed.GetValue(work) ?? Path.Combine(Path.GetTempPath(), "sasrec-trainer"), storage.Options.Space),
            (dataset.From(parsed) with
            {
                MaxWeight = parsed.GetValue(correction) == Correction.Propensity ? parsed.GetValue(maxWeight) : null,
            }).Validated(),
            data => training.For(data, parsed),
            gate.Apply(new GateOptions(), parsed).Validated(),
            warm.From(parsed),
            Meanings(),
            parsed.GetValue(shadowRefused),
            !parsed.GetValue(keepChampion),
            parsed.GetValue(refresh));
        var record = await new RetrainRun(storage, Terminal, options).RunAsync(cancellation);
        if (record is null)
        {
            throw new UserError("Another run is at work. Wait for it to end; its lease ends a minute after its process does.")
            {
                Code = ExitCode.LeaseHeld,
            };
        }

        Terminal.Finish(Summary(record), Text(record));
        return record.Outcome == RunOutcome.Refused ? ExitCode.GateRefused : ExitCode.Ok;
    }

    // Runs of two spaces may be at work on one machine.
    static string WorkFolder(string work, string space) => space.Length == 0 ? work : Path.Combine(work, "spaces", space);

    static RunSummary Summary(RunRecord run) => new(
        run.RunId,
        char.ToLowerInvariant(run.Outcome.ToString()[0]) + run.Outcome.ToString()[1..],
        run.ModelVersion,
        run.Data?.Events ?? 0,
        run.Data?.Users ?? 0,
        run.Data?.Items ?? 0,
        Metric(run, MetricNames.Ndcg()),
        Metric(run, MetricNames.HitRate()),
        Metric(run, MetricNames.Served(MetricNames.Ndcg())),
        Metric(run, MetricNames.Served(MetricNames.HitRate())),
        Metric(run, MetricNames.OfBaseline(MetricNames.Popularity, MetricNames.Ndcg())),
        (run.FinishedAt!.Value - run.StartedAt).TotalSeconds,
        run.PhaseSeconds,
        run.Verdict?.Reasons ?? (run.Error is null ? [] : [run.Error]),
        run.Response);

    static string Text(RunRecord run)
    {
        var what = run.Outcome switch
        {
            RunOutcome.Published when run.Refresh => $"{run.ModelVersion} serves, refreshed",
            RunOutcome.Published => $"{run.ModelVersion} serves",
            RunOutcome.Refused => $"{run.ModelVersion} is kept back by the gate; "
                + $"'models activate {run.ModelVersion} --override' lets it serve all the same",
            _ => "nothing was trained",
        };
        var size = string.Create(CultureInfo.InvariantCulture, $"{run.Data?.Events:N0} interactions, {Meter.Duration(run.FinishedAt!.Value - run.StartedAt)}.");
        if (run.Refresh)
        {
            return $"Run {run.RunId}: {what}. {size}";
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"Run {run.RunId}: {what}. NDCG@10 {Metric(run, MetricNames.Ndcg()):0.0000}, HR@10 {Metric(run, MetricNames.HitRate()):0.0000}, "
            + $"served {Metric(run, MetricNames.Served(MetricNames.Ndcg())):0.0000} and {Metric(run, MetricNames.Served(MetricNames.HitRate())):0.0000}, {size}");
    }

    static double? Metric(RunRecord run, string name) => run.Metrics.TryGetValue(name, out var value) ? value : null;
}
