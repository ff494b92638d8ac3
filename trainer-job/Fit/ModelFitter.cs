using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Evaluate;

/// <summary>A network and how it is trained.</summary>
/// <param name="Config">The network.</param>
/// <param name="Options">How it is trained.</param>
/// <param name="PriorStrength">How much the demand of the present counts beside the network, see <see cref="ItemPrior"/>; null before
/// that is chosen.</param>
sealed record TrainingPlan(SasRecConfig Config, TrainingOptions Options, double? PriorStrength = null);

/// <summary>A model that was measured on a test, beside the baselines.</summary>
/// <param name="Training">How training went.</param>
/// <param name="Report">The model on the test.</param>
/// <param name="Baselines">The baselines on the test, by name.</param>
/// <param name="PriorStrength">Of <see cref="ItemPrior"/>, as planned or chosen on validation; the report is of the network without it.</param>
sealed record Trial(
    TrainingResult Training, RankingReport Report, IReadOnlyDictionary<string, RankingReport> Baselines, double PriorStrength);

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
        var report = await MeasureAsync("Evaluating", training.Weights, plan, split.Test, cancellation);
        var strength = plan.PriorStrength ?? ItemPrior.Choose(
            training.Weights, split.Train, split.Validation, ranking.Cutoffs[0], MostValidationCases, plan.Options.Threads);
        return new Trial(training, report, Baselines(split.Train, split.Test, cancellation), strength);
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

    /// <summary>Measures a network of the same catalogue.</summary>
    public Task<RankingReport> MeasureAsync(
        string title, SasRecWeights weights, TrainingPlan plan, EvaluationCases cases, CancellationToken cancellation) =>
        terminal.MeterAsync(title, cases.Count, "users", meter => Task.Run(() =>
        {
            using var scorer = new ModelScorer(weights, plan.Options.Threads);
            return RankingEvaluator.Evaluate(scorer, cases, ranking, count => meter.Add(count), cancellation);
        }));

    /// <summary>The popularity baselines: of all time, and of the last 7 days where there are times.</summary>
    public Dictionary<string, RankingReport> Baselines(SequenceDataset train, EvaluationCases cases, CancellationToken cancellation)
    {
        var baselines = new Dictionary<string, RankingReport>
        {
            ["popularity"] = RankingEvaluator.Evaluate(PopularityScorer.AllTime(train), cases, ranking, null, cancellation),
        };
        if (PopularityScorer.Recent(train) is { } recent)
        {
            baselines["popularity-7d"] = RankingEvaluator.Evaluate(recent, cases, ranking, null, cancellation);
        }

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
