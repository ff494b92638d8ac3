using SasRec.Core.Neighbours;
using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;
using SasRec.Trainer.Console;
using SasRec.Trainer.Content;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Import;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Commands;

/// <summary>Trains on a file and writes a model to a folder.</summary>
sealed class TrainVerb : Verb
{
    readonly Option<string[]> data = new("--data")
    {
        Description = "One or more files of interactions: " + FileOptionSet.Formats,
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };

    readonly Option<string?> items = new("--items")
    {
        Description = "A file of the catalogue, CSV or JSON: new items of it can then be recommended by what they are.",
    };

    readonly Option<string> output = new("--out") { Description = "The folder for the model; made if missing.", Required = true };
    readonly Option<bool> noRefit = new("--no-refit")
    {
        Description = "Keep the strict model, and do not train it further on all but the last action.",
    };

    readonly Option<double?> timeSplit = new("--time-split")
    {
        Description = "Also train on what came before a moment and measure on what users did later: "
            + "the share of all interactions that comes later, above 0, below 1.",
    };

    readonly FileOptionSet files;
    readonly Option<string> ranks = new("--ranks")
    {
        Description = "A CSV file for the rank of every answer in every report, from which all metrics follow.",
    };

    readonly RecordOptions<DatasetOptions> dataset;
    readonly TrainingOptionSet training;

    public TrainVerb(Terminal terminal)
        : base(terminal, "train", "Trains on a file, measures the model and writes it to a folder. Interrupted, the same command goes on.")
    {
        Add(data);
        Add(items);
        Add(output);
        Add(noRefit);
        Add(timeSplit);
        files = new FileOptionSet().AddTo(this);
        Add(ranks);
        dataset = new RecordOptions<DatasetOptions>().AddTo(this);
        training = new TrainingOptionSet().AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var started = Terminal.Time.GetTimestamp();
        using var written = FolderLock.Take(parsed.GetValue(output)!, "--out");
        var read = await files.ReadAsync(parsed.GetValue(data)!, parsed, dataset.From(parsed), Meanings(), Terminal, cancellation);
        var split = HoldOut.Split(read.Sequences);
        if (HoldOut.WhatIsMissing(split) is { } little)
        {
            throw new UserError($"{string.Join(", ", parsed.GetValue(data)!)} has too little to learn from: {little}.") { Code = ExitCode.Usage };
        }

        var timeCut = Cut(read.Sequences, parsed.GetValue(timeSplit));
        var asked = training.For(split.Train, parsed);
        var learner = parsed.GetValue(items) is { } file
            ? new ContentLearner(ContentLearner.Of(read.Items, CatalogueFile.Read(file)), new RankingOptions().Cutoffs[0], asked.Options.Seed, asked.Options.Threads)
            : null;
        var folder = new ModelFolder(parsed.GetValue(output)!);
        var evaluation = new ModelEvaluation(Terminal, new RankingOptions());
        var fitter = new ModelFitter(Terminal, Path.Combine(folder.Path, "checkpoints"), evaluation);
        var strict = await fitter.FitAsync(split, asked, cancellation);
        var plan = strict.Plan;
        var trainedOn = parsed.GetValue(noRefit) ? split.Train : split.Refit;
        var neighbours = plan.NeighboursOf(trainedOn, cancellation);
        var (weights, refit) = (ItemPrior.On(strict.Training.Weights, split.Train, plan.PriorStrength ?? 0), (RankingReport?)null);
        if (!parsed.GetValue(noRefit))
        {
            weights = (await fitter.GoOnAsync("Refit", split.Refit, plan, strict.Training, cancellation)).Weights;
            refit = await evaluation.MeasureAsync(
                "Evaluating refit", weights.WithItemBias(null), neighbours, plan.Options.Threads, split.Test, cancellation);
        }

        var time = timeCut is null ? null : await MeasureOverTimeAsync(fitter, evaluation, timeCut, asked, cancellation);
        var vocabulary = ModelItems.Of(read.Items, trainedOn);
        var chosen = learner?.Choose(strict.Training.Weights, plan.NeighboursOf(split.Train, cancellation), split, cancellation);
        var content = chosen is null ? null : learner!.Fit(weights, trainedOn, chosen.Ridge, cancellation);
        weights = content is null ? weights : learner!.Blended(weights, content, trainedOn, chosen!.Evidence);
        var difference = await folder.WriteAsync(weights, vocabulary, ModelFolder.Probes(trainedOn), cancellation);
        folder.WriteNeighbours(plan.Served(neighbours) ?? NeighbourCounter.Count(trainedOn, NeighbourStrengths.None, cancellation: cancellation));
        folder.WriteContent(content);
        await TrainingCurve.WriteAsync(Path.Combine(folder.Path, "curve.csv"), strict.Training.Curve, cancellation);
        var decision = PromotionGate.Decide(strict.FirstEvidence!());
        var seen = refit is null ? "all but the last two actions of each user" : "all but the last action of each user";
        var manifest = Manifests.Of(read, dataset.From(parsed), plan, strict, refit, decision, seen, null);
        await folder.WriteManifestAsync(manifest, cancellation);
        if (parsed.GetValue(ranks) is { } rankFile)
        {
            var reports = new List<(string, RankingReport)> { ("strict", strict.Report) };
            reports.AddRange(refit is null ? [] : [("refit", refit)]);
            reports.AddRange(strict.Baselines.Select(baseline => (baseline.Key, baseline.Value)));
            reports.AddRange(time is null ? [] : [("model", time.Report), .. time.Baselines.Select(baseline => (baseline.Key, baseline.Value))]);
            await RankFile.WriteAsync(rankFile, read, reports, cancellation);
        }

        fitter.DeleteCheckpoints();

        var summary = new TrainSummary(
            strict.Report.Ndcg,
            strict.Report.HitRate,
            strict.Report.Ndcg * strict.Served!.KeptNdcg,
            strict.Report.HitRate * strict.Served.KeptHr,
            refit?.Ndcg,
            refit?.HitRate,
            strict.Baselines[MetricNames.Popularity].Ndcg,
            strict.Baselines[MetricNames.Popularity].HitRate,
            strict.Baselines.GetValueOrDefault(MetricNames.RecentPopularity)?.Ndcg,
            strict.Baselines[MetricNames.Neighbours].Ndcg,
            time?.Report.Ndcg,
            time?.Baselines.ToDictionary(baseline => baseline.Key, baseline => baseline.Value.Ndcg),
            time is null ? null : BaselineDifference.ToBest(time.Report, time.Baselines),
            plan.PriorStrength ?? 0,
            plan.Neighbours?.Transitions ?? 0,
            plan.Neighbours?.CoOccurrences ?? 0,
            plan.NeighbourShare,
            content?.FeatureCount ?? 0,
            chosen?.Evidence ?? 0,
            Protocol(read.Sequences),
            read.Sequences.InteractionCount == 0 ? 0 : (double)read.Sequences.RepeatCount / read.Sequences.InteractionCount,
            read.Sequences.AsksForSeenItems,
            Terminal.Time.GetElapsedTime(started).TotalSeconds,
            strict.Training.BestEpoch,
            read.Sequences.InteractionCount,
            read.Sequences.UserCount,
            read.Sequences.ItemCount,
            strict.Training.Curve.Average(epoch => epoch.PositionsPerSecond),
            difference,
            plan.Options.Loss.ToString(),
            plan.Options.Seed,
            folder.Path);
        Terminal.Finish(summary, summary.Text(decision));
        return ExitCode.Ok;
    }

    static TimeSplit? Cut(SequenceDataset whole, double? share)
    {
        if (share is null)
        {
            return null;
        }

        var cut = whole.HasTimes
            ? TimeSplit.ByShare(whole, share.Value)
            : throw new UserError("--time-split needs a file with a timestamp column.") { Code = ExitCode.Usage };
        return HoldOut.WhatIsMissing(HoldOut.Split(cut.Train)) is { } little
            ? throw new UserError($"Before the cut of --time-split there is too little to learn from: {little}.")
            : cut;
    }

    /// <summary>All that is done for a model, done with what was known before the cut: epochs and prior are chosen there too.</summary>
    static async Task<MeasuredModel> MeasureOverTimeAsync(
        ModelFitter fitter, ModelEvaluation evaluation, TimeSplit cut, TrainingPlan plan, CancellationToken cancellation)
    {
        var chosen = await fitter.FitAsync(HoldOut.Split(cut.Train), plan, cancellation, title: "Time split, choice");
        plan = chosen.Plan;
        var trained = await fitter.GoOnAsync("Time split", cut.Train, plan, chosen.Training, cancellation);
        var report = await evaluation.MeasureAsync(
            "Evaluating time split", trained.Weights, plan.ServedNeighboursOf(cut.Train, cancellation), plan.Options.Threads, cut.Test, cancellation);
        return new MeasuredModel(trained, report, await evaluation.BaselinesAsync(cut.Train, cut.Test, cancellation), plan);
    }

    static string Protocol(SequenceDataset whole) =>
        "Leave-one-out, full ranking, "
        + (whole.AsksForSeenItems ? "items of the history included" : "items of the history neither ranked nor asked for")
        + ". Strict: the last action is the test, the one before it chose epoch and strengths, the rest trained.";
}
