using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Evaluate;

/// <summary>A network and how it is trained.</summary>
/// <param name="Config">The network.</param>
/// <param name="Options">How it is trained.</param>
/// <param name="PriorStrength">How much the demand of the present counts beside the network, see <see cref="ItemPrior"/>; null before
/// that is chosen.</param>
/// <param name="Neighbours">How much counts of item pairs add to the network's scores, see <see cref="ItemNeighbours"/>; null before that
/// is chosen.</param>
sealed record TrainingPlan(
    SasRecConfig Config, TrainingOptions Options, double? PriorStrength = null, NeighbourStrengths? Neighbours = null)
{
    /// <summary>The counts of what a network was trained on, with the plan's strengths; null where they add nothing.</summary>
    public ItemNeighbours? NeighboursOf(SequenceDataset seen, CancellationToken cancellation) =>
        Neighbours is { Any: true } strengths ? NeighbourCounter.Count(seen, strengths, cancellation) : null;
}

/// <summary>A model that was measured on a test, beside the baselines.</summary>
/// <param name="Training">How training went.</param>
/// <param name="Report">The model on the test.</param>
/// <param name="Baselines">The baselines on the test, by name.</param>
/// <param name="Plan">The plan with what was chosen on validation: the strengths of neighbours and prior. The report is without the
/// prior.</param>
sealed record Trial(
    TrainingResult Training, RankingReport Report, IReadOnlyDictionary<string, RankingReport> Baselines, TrainingPlan Plan);

/// <summary>Trains and measures models, showing how far it has come.</summary>
/// <param name="terminal">Where progress is shown.</param>
/// <param name="checkpoints">The folder under which training saves its progress.</param>
/// <param name="ranking">How models are measured.</param>
/// <param name="watcher">Told how training goes, beside the terminal.</param>
sealed class Trials(Terminal terminal, string checkpoints, RankingOptions ranking, IProgress<TrainingProgress>? watcher = null)
{
    /// <summary>More users make the choice of the epoch little surer and every epoch slower.</summary>
    public const int MostValidationCases = 10_000;

    /// <summary>The metrics of so many users are within .001 of those of all; more only take time.</summary>
    const int MostTestCases = 200_000;

    /// <summary>Splits a dataset; where very many users could be asked, every n-th of them is.</summary>
    /// <param name="whole">The dataset.</param>
    /// <param name="continued">See <see cref="LeaveOneOut.Of"/>.</param>
    public static LeaveOneOut Split(SequenceDataset whole, bool continued = false)
    {
        var split = LeaveOneOut.Of(whole, continued);
        var step = (split.Test.Count + MostTestCases - 1) / MostTestCases;
        return step <= 1 ? split : split with { Test = split.Test.Where(i => i % step == 0) };
    }

    /// <summary>Trains on all but the last two actions, chooses the epoch on the one before the last, measures on the last.</summary>
    /// <param name="split">The data.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="cancellation">Ends it; progress is saved.</param>
    /// <param name="initial">What to begin with; fresh weights if null.</param>
    /// <param name="title">What it is called.</param>
    public async Task<Trial> StrictAsync(
        LeaveOneOut split,
        TrainingPlan plan,
        CancellationToken cancellation,
        SasRecWeights? initial = null,
        string title = "Training")
    {
        var validate = ModelScorer.Validation(split.Validation, ranking.Cutoffs[0], MostValidationCases, plan.Options.Threads);
        var training = await TrainAsync(title, split.Train, plan, validate, initial, cancellation);
        var counts = NeighbourCounter.Count(split.Train, plan.Neighbours ?? NeighbourStrengths.Alone, cancellation);
        plan = plan with { Neighbours = plan.Neighbours ?? Choose(training.Weights, counts, split.Validation, plan, cancellation) };
        var neighbours = plan.Neighbours.Any ? counts.With(plan.Neighbours) : null;
        plan = plan with
        {
            PriorStrength = plan.PriorStrength ?? ItemPrior.Choose(
                training.Weights, neighbours, split.Train, split.Validation, ranking.Cutoffs[0], MostValidationCases, plan.Options.Threads),
        };
        var report = await MeasureAsync("Evaluating", training.Weights, neighbours, plan, split.Test, cancellation);
        return new Trial(training, report, Baselines(split.Train, split.Test, cancellation), plan);
    }

    /// <summary>Trains for a number of epochs that was chosen before, and adds the plan's prior.</summary>
    /// <param name="title">What it is called.</param>
    /// <param name="data">The data.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="epochs">For how many epochs.</param>
    /// <param name="cancellation">Ends it; progress is saved.</param>
    /// <param name="initial">What to begin with; fresh weights if null.</param>
    public async Task<TrainingResult> RefitAsync(
        string title,
        SequenceDataset data,
        TrainingPlan plan,
        int epochs,
        CancellationToken cancellation,
        SasRecWeights? initial = null)
    {
        var exactly = plan with { Options = plan.Options with { Epochs = epochs } };
        var result = await TrainAsync(title, data, exactly, null, initial, cancellation);
        return result with { Weights = ItemPrior.On(result.Weights, data, plan.PriorStrength ?? 0) };
    }

    /// <summary>Measures a network of the same catalogue, with the counts that are added to its scores.</summary>
    public Task<RankingReport> MeasureAsync(
        string title, SasRecWeights weights, ItemNeighbours? neighbours, TrainingPlan plan, EvaluationCases cases,
        CancellationToken cancellation) =>
        terminal.MeterAsync(title, cases.Count, "users", meter => Task.Run(() =>
        {
            using var scorer = new ModelScorer(weights, plan.Options.Threads, neighbours);
            return RankingEvaluator.Evaluate(scorer, cases, ranking, count => meter.Add(count), cancellation);
        }));

    NeighbourStrengths Choose(
        SasRecWeights weights, ItemNeighbours counts, EvaluationCases validation, TrainingPlan plan, CancellationToken cancellation)
    {
        using var scorer = new ModelScorer(weights, plan.Options.Threads);
        return NeighbourChoice.Choose(scorer, counts, validation, ranking.Cutoffs[0], MostValidationCases, cancellation);
    }

    /// <summary>The baselines: popularity of all time and, where there are times, of the last 7 and 30 days; and the counts of item
    /// pairs.</summary>
    public Dictionary<string, RankingReport> Baselines(SequenceDataset train, EvaluationCases cases, CancellationToken cancellation)
    {
        var baselines = new Dictionary<string, RankingReport>
        {
            ["popularity"] = RankingEvaluator.Evaluate(PopularityScorer.AllTime(train), cases, ranking, null, cancellation),
        };
        foreach (var days in train.HasTimes ? PopularityScorer.RecentDays : [])
        {
            var recent = PopularityScorer.Recent(train, TimeSpan.FromDays(days));
            baselines[FormattableString.Invariant($"popularity-{days}d")] = RankingEvaluator.Evaluate(recent, cases, ranking, null, cancellation);
        }

        var counts = new NeighbourScorer(NeighbourCounter.Count(train, NeighbourStrengths.Alone, cancellation));
        baselines[PromotionGate.Neighbours] = RankingEvaluator.Evaluate(counts, cases, ranking, null, cancellation);

        return baselines;
    }

    /// <summary>Forgets saved progress: the models that it led to are safe.</summary>
    public void DropCheckpoints()
    {
        if (Directory.Exists(checkpoints))
        {
            Directory.Delete(checkpoints, recursive: true);
        }
    }

    Task<TrainingResult> TrainAsync(
        string title,
        SequenceDataset data,
        TrainingPlan plan,
        Func<SasRecWeights, double>? validate,
        SasRecWeights? initial,
        CancellationToken cancellation) =>
        terminal.MeterAsync(title, plan.Options.Epochs, "epochs", meter => Task.Run(() =>
        {
            var progress = new TrainingMeter(meter, ranking.Cutoffs[0], watcher);
            var folder = Path.Combine(checkpoints, title.Replace(' ', '-').ToLowerInvariant());
            Directory.CreateDirectory(folder);
            return SasRecTrainer.Train(data, plan.Config, plan.Options, validate, progress, folder, initial, terminal.Time, cancellation);
        }));

    /// <summary>Shows training as a meter does, with what matters in training.</summary>
    sealed class TrainingMeter(Meter meter, int k, IProgress<TrainingProgress>? watcher) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            var metric = value.BestMetric is { } best
                ? FormattableString.Invariant($", NDCG@{k} {value.Metric:0.0000} (best {best:0.0000} in epoch {value.BestEpoch})")
                : "";
            var left = Meter.Duration(value.TimeLeft);
            meter.Set(value.Epoch - 1 + value.EpochFraction, FormattableString.Invariant(
                $"{value.PositionsPerSecond:N0} positions/s, loss {value.Loss:0.0000}{metric}, at most {left} left"));
            watcher?.Report(value);
        }
    }
}
