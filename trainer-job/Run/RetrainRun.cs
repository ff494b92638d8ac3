using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Storage.Telemetry;
using SasRec.Storage.Training;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Insights;
using SasRec.Trainer.Publish;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Run;

/// <summary>The scheduled run: snapshot, train, evaluate, gate, refit, export, publish; one at a time, and every one recorded.</summary>
sealed class RetrainRun(StorageConnection storage, Terminal terminal, RetrainOptions options)
{
    readonly ModelRegistry registry = new(storage);
    readonly RunLog runs = new(storage);
    readonly Dictionary<string, double> phases = [];
    readonly RankingOptions ranking = new();
    RunRecord record = null!;

    ChampionTrial Champions => new(registry, Path.Combine(options.Work, "champion"), ranking);
    LiveRecord live = null!;

    /// <summary>Runs, and returns the run's record; null where another run is at work.</summary>
    public async Task<RunRecord?> RunAsync(CancellationToken cancellation)
    {
        await using var flight = await SingleFlight.TryAcquireAsync(storage, Names.RetrainLease, cancellation);
        if (flight is null)
        {
            return null;
        }

        var runId = options.RunId ?? runs.NewId();
        using var span = RunTelemetry.Start(terminal.Setting(TraceLink.Variable), runId, options.Trigger);
        record = new RunRecord
        {
            RunId = runId, Trigger = options.Trigger, StartedAt = terminal.Time.GetUtcNow(), TraceParent = TraceLink.Current,
        };
        await runs.SaveAsync(record, cancellation);
        live = new LiveRecord(runs, () => record, terminal);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, flight.Lost);
        try
        {
            await TrainAsync(either.Token);
            await EndAsync(record);
            return record;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await EndAsync(record with { Outcome = RunOutcome.Cancelled });
            throw;
        }
        catch (OperationCanceledException e) when (flight.Lost.IsCancellationRequested)
        {
            const string Lost = "The lease was lost: storage could not be reached for too long. Run again.";
            await EndAsync(record with { Outcome = RunOutcome.Failed, Error = Lost });
            throw new UserError(Lost, e);
        }
        catch (Exception e)
        {
            await EndAsync(record with { Outcome = RunOutcome.Failed, Error = e.Message });
            throw;
        }
    }

    async Task TrainAsync(CancellationToken cancellation)
    {
        var snapshots = new SnapshotStore(storage);
        var log = new LogReader(snapshots, new LoggedPropensities(new ImpressionLog(storage), storage.Options.Parallelism), terminal);
        var data = await PhaseAsync("snapshot", () => log.ReadAsync(options.Dataset, cancellation));
        record = record with { Data = Manifests.RangeOf(data) };
        var split = Trials.Split(data.Sequences, continued: true);
        if (await NothingToDoAsync(data, split, cancellation) is { } reason)
        {
            terminal.Say(reason);
            record = record with { Outcome = RunOutcome.NothingNew, Error = reason };
            return;
        }

        var plan = options.Plan(split.Train);
        var trials = new Trials(terminal, Path.Combine(options.Work, "checkpoints"), ranking, live);
        var champion = await registry.CurrentAsync(cancellation) is { } active
            ? await registry.GetAsync(active.Pointer.Version, cancellation)
            : null;
        var start = await new WarmStart(registry, Path.Combine(options.Work, "champion"), options.Warm)
            .FindAsync(data, options.Dataset, await snapshots.CurrentAsync(cancellation), plan, champion, cancellation);
        terminal.Say(start.Lineage.Reason);
        var effort = start.Strict is null ? plan : plan with { Options = plan.Options.Continued() };
        var strict = await PhaseAsync("train", () => trials.StrictAsync(split, effort, cancellation, start.Strict));
        plan = strict.Plan;
        var (comparison, refit) = await PhaseAsync(
            "compare", () => CompareAsync(data, split, plan, strict, champion, trials, start.Strict, cancellation));
        var shown = await PhaseAsync("weigh", () => new ShownTrial(storage, terminal, Champions, options.Gate.Slates)
            .WeighAsync(champion, data, plan, strict.Training.BestEpoch, trials, start.Published, cancellation));
        var decision = PromotionGate.Decide(
            strict.Report.Weighed(split.Test),
            strict.Baselines.ToDictionary(baseline => baseline.Key, baseline => baseline.Value.Weighed(split.Test)),
            comparison,
            options.Gate,
            shown);
        foreach (var line in decision.Reasons)
        {
            terminal.Say(line);
        }

        // What is served has learned from everything, the test included, for as many epochs as the strict training chose.
        var final = await PhaseAsync(
            "refit",
            () => trials.RefitAsync(
                "Training on everything", data.Sequences, plan, strict.Training.BestEpoch, cancellation, start.Published));
        var folder = new ModelFolder(Path.Combine(options.Work, "model"));
        await PhaseAsync("export", () => folder.WriteAsync(
            final.Weights, ItemCatalogue.Of(data.Items, data.Sequences), ModelFolder.Probes(data.Sequences), cancellation));
        folder.WriteNeighbours(plan.NeighboursOf(data.Sequences, cancellation));
        folder.WriteStrict(strict.Training.Weights);
        var manifest = Manifests.Of(data, plan, strict, refit, decision, "everything", champion?.Version, start.Lineage);
        await PhaseAsync("publish", () => PublishAsync(manifest, folder, champion?.Version, cancellation));
        trials.DropCheckpoints();
        await PhaseAsync("report", () => new LedgerReader(storage, terminal).RecordAsync(record, cancellation));
    }

    /// <summary>Why a run is not worth it; null if it is.</summary>
    async Task<string?> NothingToDoAsync(InteractionDataset data, LeaveOneOut split, CancellationToken cancellation)
    {
        if (TrainVerb.TooLittle(split) is { } little)
        {
            return $"The log has too little to learn from: {little}.";
        }

        var recent = await runs.ListAsync(cancellation: cancellation);
        var last = recent.FirstOrDefault(run => run.Outcome is RunOutcome.Published or RunOutcome.Refused);
        var fresh = data.Sequences.InteractionCount - (last?.Data?.Events ?? 0);
        return last is not null && options.MinNew > 0 && fresh < options.MinNew
            ? $"{fresh:N0} interactions are new since run {last.RunId}; a run takes {options.MinNew:N0}."
            : null;
    }

    /// <summary>Challenger and champion on what users did since the champion was trained, on equal terms.</summary>
    /// <remarks>The champion knows every action before those. The strict challenger lacks one of each user, so a challenger that was
    /// trained again on all but the last action stands in for it.</remarks>
    async Task<(ChampionComparison? Comparison, RankingReport? Refit)> CompareAsync(
        InteractionDataset data,
        LeaveOneOut split,
        TrainingPlan plan,
        Trial strict,
        ModelManifest? champion,
        Trials trials,
        SasRecWeights? initial,
        CancellationToken cancellation)
    {
        if (champion is null)
        {
            return (null, null);
        }

        var fresh = ChampionTrial.Fresh(split.Test, champion);
        if (fresh.Count < options.Gate.MinUsers)
        {
            var nobody = RankingEvaluator.Evaluate(PopularityScorer.AllTime(split.Train), fresh, ranking, null, cancellation);
            return (new ChampionComparison(champion.Version, nobody, nobody), null);
        }

        var refit = await trials.RefitAsync("Refit", split.Refit, plan, strict.Training.BestEpoch, cancellation, initial);
        var neighbours = plan.NeighboursOf(split.Refit, cancellation);
        var report = await trials.MeasureAsync(
            "Evaluating refit", refit.Weights.WithItemBias(null), neighbours, plan, split.Test, cancellation);
        var challenger = await trials.MeasureAsync("Evaluating on new actions", refit.Weights, neighbours, plan, fresh, cancellation);
        var theirs = await Champions.MeasureAsync(champion, fresh, data.Items, plan.Options.Threads, cancellation);
        return (new ChampionComparison(champion.Version, challenger.Weighed(fresh), theirs.Weighed(fresh)), report);
    }

    async Task<ModelManifest> PublishAsync(ModelManifest manifest, ModelFolder folder, string? champion, CancellationToken cancellation)
    {
        var published = await registry.PublishAsync(manifest with { TraceParent = record.TraceParent }, folder.Files, cancellation);
        var passed = published.Verdict!.Passed;
        if (passed)
        {
            await registry.ReplaceAsync(published.Version, champion, "trainer", $"run {record.RunId} passed the gate", cancellation);
        }
        else if (options.ShadowRefused)
        {
            await registry.ShadowAsync(published.Version, "trainer", $"run {record.RunId} was refused by the gate", cancellation);
        }

        record = record with
        {
            Outcome = passed ? RunOutcome.Published : RunOutcome.Refused,
            Metrics = WithBaselines(published),
            Verdict = published.Verdict,
            ModelVersion = published.Version,
        };
        return published;
    }

    static Dictionary<string, double> WithBaselines(ModelManifest manifest) => manifest.Metrics
        .Concat(manifest.Baselines.SelectMany(b => b.Value.Select(m => KeyValuePair.Create($"{b.Key}:{m.Key}", m.Value))))
        .ToDictionary();

    async Task<T> PhaseAsync<T>(string name, Func<Task<T>> work)
    {
        var started = terminal.Time.GetTimestamp();
        live.Begin(name);
        using var span = Instruments.Source.StartActivity(name);
        try
        {
            return await work();
        }
        finally
        {
            phases[name] = terminal.Time.GetElapsedTime(started).TotalSeconds;
        }
    }

    async Task EndAsync(RunRecord ended)
    {
        await live.StopAsync();
        record = ended with { FinishedAt = terminal.Time.GetUtcNow(), PhaseSeconds = phases, Curve = live.Curve };
        await runs.SaveAsync(record, CancellationToken.None);
        RunTelemetry.Ended(record);
    }
}
