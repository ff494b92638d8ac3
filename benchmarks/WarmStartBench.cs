using System.CommandLine;
using System.Globalization;
using System.Text;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;

namespace SasRec.Bench;

/// <summary>One way to retrain.</summary>
/// <param name="Epochs">Until the goal was reached, or until the end if it never was.</param>
/// <param name="Seconds">Until then.</param>
/// <param name="Reached">Whether the goal was reached.</param>
/// <param name="Best">The best validation NDCG@10 of the run.</param>
sealed record RetrainResult(int Epochs, double Seconds, bool Reached, double Best);

/// <summary>What a warm start saves.</summary>
/// <param name="Data">The file.</param>
/// <param name="OldNdcg10">Of the old weights on the new validation, not retrained.</param>
/// <param name="Goal">The validation NDCG@10 that both have to reach: 99% of the best from nothing.</param>
/// <param name="Cold">From nothing.</param>
/// <param name="Warm">From the old weights.</param>
/// <param name="TimeSaved">1 - warm seconds / cold seconds.</param>
sealed record WarmStartResult(string Data, double OldNdcg10, double Goal, RetrainResult Cold, RetrainResult Warm, double TimeSaved);

/// <summary>Everyone has acted once more since the last training: continue from its weights, or begin again?</summary>
sealed class WarmStartBench : BenchVerb<WarmStartResult>
{
    const double Enough = 0.99;

    readonly Option<string> data = new("--data") { Description = "Lines 'user item', or CSV with a header.", Required = true };
    readonly Option<int> threads = new("--threads") { Description = "0 for one a core." };

    public WarmStartBench()
        : base("warm-start", "Epochs and time of a retrain from the old weights and from nothing, to the same NDCG@10.")
    {
        Add(data);
        Add(threads);
    }

    protected override WarmStartResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var path = parsed.GetValue(data)!;
        var split = LeaveOneOut.Of(Read(path));
        var old = LeaveOneOut.Of(split.Refit);
        var (config, options) = TrainingOptions.For(split.Train);
        options = options with { Threads = parsed.GetValue(threads), ValidateEvery = 1 };
        var before = SasRecTrainer.Train(
            old.Train, config, options, weights => AccuracyBench.Test(weights, old.Validation, options.Threads).Ndcg10,
            cancellationToken: cancellation);
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"old weights: {before.BestEpoch} epochs"));

        var oldMetric = Validate(before.Weights);
        var cold = SasRecTrainer.Train(split.Train, config, options, Validate, cancellationToken: cancellation);
        var warm = SasRecTrainer.Train(split.Train, config, options, Validate, initial: before.Weights, cancellationToken: cancellation);
        var goal = Enough * (cold.BestMetric ?? 0);
        var (coldResult, warmResult) = (To(goal, cold), To(goal, warm));
        return new WarmStartResult(
            Path.GetFileName(path), oldMetric, goal, coldResult, warmResult, 1 - warmResult.Seconds / coldResult.Seconds);

        double Validate(SasRec.Core.Model.SasRecWeights weights) => AccuracyBench.Test(weights, split.Validation, options.Threads).Ndcg10;
    }

    protected override string Table(WarmStartResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{result.Data}: old weights {result.OldNdcg10:0.0000}, goal {result.Goal:0.0000}");
        foreach (var (name, run) in new[] { ("from nothing", result.Cold), ("warm", result.Warm) })
        {
            text.AppendLine(
                CultureInfo.InvariantCulture, $"  {name,-13} {run.Epochs,4} epochs {run.Seconds,7:0.0} s   best {run.Best:0.0000}{(run.Reached ? "" : ", goal not reached")}");
        }

        return text.Append(CultureInfo.InvariantCulture, $"  {result.TimeSaved:P0} of the time saved").ToString();
    }

    static RetrainResult To(double goal, TrainingResult run)
    {
        var reached = run.Curve.FirstOrDefault(record => record.Metric >= goal);
        var end = reached ?? run.Curve[^1];
        return new RetrainResult(end.Epoch, end.Elapsed.TotalSeconds, reached is not null, run.BestMetric ?? 0);
    }
}
