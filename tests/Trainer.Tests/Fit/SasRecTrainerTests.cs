using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Tests.Train;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Tests.Fit;

public class SasRecTrainerTests
{
    static readonly SasRecConfig Config = new() { Width = 16, Blocks = 1, MaxLength = 8 };
    static readonly TrainingOptions Options = new() { Epochs = 6, ValidateEvery = 1, BatchSize = 16, Threads = 2, Negatives = 8, LearningRate = 5e-3, Seed = 4 };
    static readonly SequenceDataset Data = SmallWorld.Make(users: 100, items: 30, shortest: 2, longest: 15);

    [Fact]
    public void Training_learns_what_comes_next()
    {
        var result = SasRecTrainer.Train(Data, Config, Options with { Epochs = 40 });

        var unseen = SmallWorld.Make(users: 50, items: 30, shortest: 5, longest: 10, seed: 99);
        var histories = Enumerable.Range(0, 50).Select(user => (ReadOnlyMemory<int>)unseen.Items(user).ToArray()).ToArray();
        var targets = histories.Select(history => (history.Span[^1] + 1) % 30).ToArray();
        var ranks = new double[50];
        using var scorer = new SasRecScorer(result.Weights);
        scorer.Rank(histories, targets, ranks);
        Assert.Equal(40, result.Curve.Count);
        Assert.True(result.Curve[^1].Loss < result.Curve[0].Loss);
        Assert.True(ranks.Average() < 2, $"The next item ranks {ranks.Average()} on average.");
    }

    [Fact]
    public void The_same_seed_gives_the_same_model_and_another_seed_another()
    {
        var first = SasRecTrainer.Train(Data, Config, Options);
        var second = SasRecTrainer.Train(Data, Config, Options);
        var other = SasRecTrainer.Train(Data, Config, Options with { Seed = 5 });

        Assert.Equal(first.Weights.Values, second.Weights.Values);
        Assert.NotEqual(first.Weights.Values, other.Weights.Values);
    }

    [Fact]
    public void A_run_that_was_stopped_continues_to_the_same_model_and_curve()
    {
        using var folder = new ScratchFolder();
        var whole = SasRecTrainer.Train(Data, Config, Options, Metric);
        for (var stops = 1; stops <= 3; stops++)
        {
            using var stop = new CancellationTokenSource();
            var time = new SteppingTime(() => stop.Cancel(), readings: 10 * stops);
            Assert.ThrowsAny<OperationCanceledException>(
                () => SasRecTrainer.Train(Data, Config, Options, Metric, null, folder.Path, time: time, cancellationToken: stop.Token));
        }

        var continued = SasRecTrainer.Train(Data, Config, Options, Metric, null, folder.Path);

        Assert.Equal(whole.Weights.Values, continued.Weights.Values);
        Assert.Equal(whole.BestEpoch, continued.BestEpoch);
        Assert.Equal(whole.Curve.Select(record => record.Loss), continued.Curve.Select(record => record.Loss));
        Assert.Equal(whole.Curve.Select(record => record.Metric), continued.Curve.Select(record => record.Metric));
    }

    [Fact]
    public void The_checkpoint_of_another_run_is_not_continued()
    {
        using var folder = new ScratchFolder();
        using var stop = new CancellationTokenSource();
        var time = new SteppingTime(() => stop.Cancel(), readings: 30);
        Assert.ThrowsAny<OperationCanceledException>(
            () => SasRecTrainer.Train(Data, Config, Options, null, null, folder.Path, time: time, cancellationToken: stop.Token));

        var other = SasRecTrainer.Train(Data, Config, Options with { LearningRate = 1e-3 }, null, null, folder.Path);
        var fresh = SasRecTrainer.Train(Data, Config, Options with { LearningRate = 1e-3 });

        Assert.Equal(fresh.Weights.Values, other.Weights.Values);
    }

    [Fact]
    public void The_best_weights_are_kept_and_patience_ends_the_run()
    {
        double[] metrics = [0.1, 0.3, 0.2, 0.25, 0.1, 0.1];
        List<float> seen = [];
        var result = SasRecTrainer.Train(Data, Config, Options with { Patience = 3 }, weights =>
        {
            seen.Add(weights.Values[0]);
            return metrics[seen.Count - 1];
        });

        Assert.Equal((2, 0.3), (result.BestEpoch, result.BestMetric));
        Assert.Equal(5, result.Curve.Count);
        Assert.Equal(seen[1], result.Weights.Values[0]);
        Assert.Equal([0.1, 0.3, 0.2, 0.25, 0.1], result.Curve.Select(record => record.Metric!.Value));
    }

    [Fact]
    public void A_warm_start_keeps_known_items_and_learns_new_ones()
    {
        var weights = SasRecTrainer.Train(Data, Config, Options with { Epochs = 30 }).Weights;
        var grown = SmallWorld.Make(users: 100, items: 33, shortest: 2, longest: 15);

        var cold = SasRecTrainer.Train(grown, Config, Options with { Epochs = 1 });
        var warm = SasRecTrainer.Train(grown, Config, Options with { Epochs = 1 }, initial: weights.WithItems([.. Enumerable.Range(0, 33).Select(item => item < Data.ItemCount ? item : -1)], seed: 1));

        Assert.Equal(33, warm.Weights.ItemCount);
        Assert.True(warm.Curve[0].Loss < 0.7 * cold.Curve[0].Loss, $"{warm.Curve[0].Loss} is not far below {cold.Curve[0].Loss}.");
    }

    [Fact]
    public void Progress_is_told_with_a_rate_and_the_time_left()
    {
        var reports = new List<TrainingProgress>();
        SasRecTrainer.Train(Data, Config, Options, Metric, new Recorder(reports));

        Assert.Equal(Options.Epochs, reports.Count(report => report.EpochFraction == 0));
        Assert.All(reports, report => Assert.True(report.PositionsPerSecond > 0 && report.TimeLeft >= TimeSpan.Zero));
        Assert.Equal(TimeSpan.Zero, reports[^1].TimeLeft);
    }

    [Fact]
    public void Data_in_which_nothing_follows_anything_is_refused() =>
        Assert.Throws<ArgumentException>(() => SasRecTrainer.Train(new SequenceDataset(3, [0, 1, 2], [0, 2]), Config, Options));

    [Fact]
    public void An_option_out_of_range_is_named_with_its_value_and_range()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => (Options with { Dropout = 1 }).Validated());

        Assert.StartsWith("Dropout must be 0 to 0.9.", error.Message, StringComparison.Ordinal);
        Assert.Equal(1.0, error.ActualValue);
    }

    static double Metric(SasRecWeights weights) => weights.Values[0];

    sealed class Recorder(List<TrainingProgress> reports) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => reports.Add(value);
    }

    /// <summary>A clock that calls after so many readings: a stop in the middle of a run, always at the same step.</summary>
    sealed class SteppingTime(Action stop, int readings) : TimeProvider
    {
        int left = readings;

        public override long GetTimestamp()
        {
            if (--left == 0)
            {
                stop();
            }

            return -left * 1000L;
        }
    }
}
