using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Insights;
using SasRec.Trainer.Publish;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Run;

/// <summary>The phases of a run, one after the other: each takes what the ones before it found.</summary>
/// <param name="storage">The log, the registry and the records.</param>
/// <param name="terminal">Shows progress and what the gate says.</param>
/// <param name="options">How the run goes.</param>
/// <param name="journal">The run's record.</param>
sealed class RetrainPhases(StorageConnection storage, Terminal terminal, RetrainOptions options, RunJournal journal)
{
    // Many refreshes may lie between two trainings.
    const int RecentRuns = 100;

    readonly ModelRegistry registry = new(storage);
    readonly ModelEvaluation evaluation = new(terminal, new RankingOptions());

    LedgerOptions Ledger => new() { Meanings = options.Meanings };

    string Champions => Path.Combine(options.Work, "champion");

    /// <summary>Runs them all. What they found is in the journal.</summary>
    /// <param name="cancellation">Stops the run; trainings save their progress.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var fitter = new ModelFitter(terminal, Path.Combine(options.Work, "checkpoints"), evaluation, journal);
        if (await ReadAsync(cancellation) is not { } input)
        {
            return;
        }

        var challenger = await journal.PhaseAsync("train", () => TrainAsync(fitter, input, cancellation));
        var (evidence, refit) = await journal.PhaseAsync("compare", () => CompareAsync(fitter, input, challenger, cancellation));
        var shown = await journal.PhaseAsync(
            "weigh",
            () => new OffPolicyComparison(storage, terminal, fitter, OpenAsync, ExpectedRewardAsync, options.Gate.Slates, Ledger)
                .CompareAsync(input, challenger, cancellation));
        var decision = PromotionGate.Decide(evidence with { Shown = shown }, options.Gate);
        foreach (var line in decision.Reasons)
        {
            terminal.Say(line);
        }

        var (folder, response) = await new ModelExport(storage, terminal, options.Work, Ledger, evaluation.K, journal).WriteAsync(fitter, input, challenger, cancellation);
        var manifest = Manifests.Of(
            input.Data, options.Dataset, challenger.Plan, challenger.Strict, refit, decision, "everything", input.Champion?.Version, input.Start.Lineage) with
        {
            AnchorVersion = decision.IsAnchor ? null : input.Anchor?.Version,
            Response = response,
        };
        await journal.PhaseAsync("publish", () => PublishAsync(manifest, folder, cancellation));
        if (!decision.Passed && input.Champion is { } champion && options.RefreshRefused)
        {
            await journal.PhaseAsync("refresh", () => RefreshAsync(champion, input.Data, cancellation));
        }

        fitter.DeleteCheckpoints();
        await journal.PhaseAsync("report", () => new LedgerReader(storage, terminal).RecordAsync(journal.Record, Ledger, cancellation));
    }

    /// <summary>Takes in what is new, and finds what to start from; null where a run is not worth it.</summary>
    async Task<RunInput?> ReadAsync(CancellationToken cancellation)
    {
        var snapshots = new SnapshotStore(storage);
        var log = new LogReader(snapshots, new LoggedPropensities(new ImpressionLog(storage), storage.Options.Parallelism), options.Meanings, terminal);
        var data = await journal.PhaseAsync("snapshot", () => log.ReadAsync(options.Dataset, trains: true, cancellation));
        journal.Update(record => record with { Data = Manifests.RangeOf(data) });
        var split = HoldOut.Split(data.Sequences, continued: true);
        if (await NothingToDoAsync(data, split, cancellation) is { } reason)
        {
            terminal.Say(reason);
            journal.Update(record => record with { Outcome = RunOutcome.NothingNew, Error = reason });
            return null;
        }

        var plan = options.Plan(split.Train);
        var champion = await registry.CurrentAsync(cancellation) is { } active
            ? await registry.GetAsync(active.Pointer.Version, cancellation)
            : null;
        var start = await new WarmStart(registry, Champions, options.Warm)
            .FindAsync(data, options.Dataset, await snapshots.CurrentAsync(cancellation), plan, champion, cancellation);
        terminal.Say(start.Lineage.Reason);
        return new RunInput(data, split, champion, champion is null ? null : await AnchorOfAsync(champion, cancellation), plan, start);
    }

    /// <summary>The model that the champion's successors may not fall behind; the champion itself where it is that model, where somebody let it
    /// serve against the gate's verdict, or where that model is gone.</summary>
    async Task<ModelManifest> AnchorOfAsync(ModelManifest champion, CancellationToken cancellation)
    {
        if (champion.AnchorVersion is not { } version || champion.Verdict?.OverriddenBy is not null)
        {
            return champion;
        }

        try
        {
            return await registry.GetAsync(version, cancellation);
        }
        catch (ModelNotFoundException)
        {
            terminal.Say($"The anchor {version} is gone; {champion.Version} takes its place.");
            return champion;
        }
    }

    /// <summary>Why a run is not worth it; null if it is.</summary>
    async Task<string?> NothingToDoAsync(InteractionDataset data, LeaveOneOut split, CancellationToken cancellation)
    {
        if (HoldOut.WhatIsMissing(split) is { } little)
        {
            return $"The log has too little to learn from: {little}.";
        }

        var recent = await new RunLog(storage).ListAsync(RecentRuns, cancellation);
        var last = recent.FirstOrDefault(run => run is { Refresh: false, Outcome: RunOutcome.Published or RunOutcome.Refused });
        var fresh = data.Sequences.InteractionCount - (last?.Data?.Events ?? 0);
        return last is not null && options.MinNew > 0 && fresh < options.MinNew
            ? $"{fresh:N0} interactions are new since run {last.RunId}; a run takes {options.MinNew:N0}."
            : null;
    }

    static async Task<Challenger> TrainAsync(ModelFitter fitter, RunInput input, CancellationToken cancellation)
    {
        // A warm training takes few epochs, too few to choose the prior by: it keeps the champion's.
        var effort = input.Start.Strict is null
            ? input.Plan
            : input.Plan with
            {
                Options = input.Plan.Options.Continued(),
                PriorStrength = input.Plan.PriorStrength ?? Manifests.NumberOf(input.Champion, TrainingPlan.PriorKey),
                NeighbourShare = Manifests.NumberOf(input.Champion, TrainingPlan.ShareKey) ?? 1,
            };
        var strict = await fitter.FitAsync(input.Split, effort, cancellation, input.Start.Strict);
        var (chosen, plan) = (strict.Plan, input.Plan);
        plan = plan with { PriorStrength = chosen.PriorStrength, Neighbours = chosen.Neighbours, NeighbourShare = chosen.NeighbourShare };
        return new Challenger(plan, strict);
    }

    async Task<(GateEvidence Evidence, RankingReport? Refit)> CompareAsync(
        ModelFitter fitter, RunInput input, Challenger challenger, CancellationToken cancellation)
    {
        var minUsers = options.Gate.MinUsers;
        var recipe = await new RecipeComparison(OpenStrictAsync, minUsers).CompareAsync(input, challenger, cancellation);
        var (evidence, refit) = await new NewActionsComparison(evaluation, fitter, OpenAsOfAsync, minUsers).CompareAsync(input, challenger, cancellation);
        return (evidence with { Recipe = recipe }, refit);
    }

    Task<PublishedModel> OpenAsync(RunInput input, ModelManifest model, CancellationToken cancellation) => PublishedModel.OpenAsync(
        registry, model, Champions, input.Data.Items, input.Plan.Options.Threads, asOf: null, cancellation);

    Task<PublishedModel> OpenAsOfAsync(RunInput input, ModelManifest model, SequenceDataset known, CancellationToken cancellation) =>
        PublishedModel.OpenAsync(registry, model, Champions, input.Data.Items, input.Plan.Options.Threads, known, cancellation);

    Task<PublishedModel> OpenStrictAsync(RunInput input, ModelManifest model, CancellationToken cancellation) => PublishedModel.OpenStrictAsync(
        registry, model, Champions, input.Data.Items, input.Plan.Options.Threads, cancellation);

    Task<ExpectedReward?> ExpectedRewardAsync(RunInput input, CancellationToken cancellation) =>
        ChampionResponse.OpenAsync(registry, input.Champion!, Champions, input.Data.Items, cancellation);

    /// <summary>The champion stays, and is refreshed.</summary>
    async Task<ModelManifest?> RefreshAsync(ModelManifest champion, InteractionDataset data, CancellationToken cancellation)
    {
        var log = new LoggedResponses(new ImpressionLog(storage), Ledger, terminal.Time);
        var run = journal.Record;
        var refreshed = await new ModelRefresh(registry, log, Champions).RefreshAsync(champion, data, run.RunId, run.TraceParent, cancellation);
        if (refreshed is not null)
        {
            terminal.Say($"{refreshed.Version} serves. {string.Join(' ', refreshed.Verdict!.Reasons)}");
        }

        return refreshed;
    }

    async Task<ModelManifest> PublishAsync(ModelManifest manifest, ModelFolder folder, CancellationToken cancellation)
    {
        var run = journal.Record;
        var published = await registry.PublishAsync(manifest with { TraceParent = run.TraceParent }, folder.Files, cancellation);
        var passed = published.Verdict!.Passed;
        if (passed)
        {
            await registry.ReplaceAsync(
                published.Version, manifest.ParentVersion, "trainer", $"run {run.RunId} passed the gate", cancellation);
        }
        else if (options.ShadowRefused)
        {
            await registry.ShadowAsync(published.Version, "trainer", $"run {run.RunId} was refused by the gate", cancellation);
        }

        journal.Update(record => record with
        {
            Outcome = passed ? RunOutcome.Published : RunOutcome.Refused,
            Metrics = WithBaselines(published),
            Verdict = published.Verdict,
            ModelVersion = published.Version,
        });
        return published;
    }

    static Dictionary<string, double> WithBaselines(ModelManifest manifest) => manifest.Metrics
        .Concat(manifest.Baselines.SelectMany(
            b => b.Value.Select(m => KeyValuePair.Create(MetricNames.OfBaseline(b.Key, m.Key), m.Value))))
        .ToDictionary();
}
