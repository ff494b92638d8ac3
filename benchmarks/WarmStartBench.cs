using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;

namespace SasRec.Bench;

/// <summary>One way to retrain, as a scheduled run does it: strict with early stopping, then refit for the epochs that it chose.</summary>
/// <param name="Epochs">Chosen on validation.</param>
/// <param name="EpochsTrained">Until it stopped, and again in the refit.</param>
/// <param name="Seconds">Of both trainings with their validations, wall time.</param>
/// <param name="CpuSeconds">The same, processor time.</param>
/// <param name="Validation">NDCG@10 of the chosen epoch.</param>
/// <param name="Ndcg10">Strict, on the test.</param>
/// <param name="RefitNdcg10">Refit, on the test.</param>
/// <param name="RefitHr10">Refit, on the test.</param>
sealed record RetrainResult(
    int Epochs, int EpochsTrained, double Seconds, double CpuSeconds, double Validation, double Ndcg10, double RefitNdcg10, double RefitHr10);

/// <summary>What a warm start saves.</summary>
/// <param name="Data">The file.</param>
/// <param name="NewShare">The share of the users who acted once more since the last training.</param>
/// <param name="NewItems">Items that the last training did not know.</param>
/// <param name="OldNdcg10">Of the old strict weights on the new test, not trained on.</param>
/// <param name="Cold">From nothing.</param>
/// <param name="Warm">From the old strict weights.</param>
/// <param name="TimeSaved">1 - warm / cold, of the processor time of a retrain.</param>
/// <param name="NdcgRatio">Warm by cold, of the refit's NDCG@10.</param>
sealed record WarmStartResult(
    string Data,
    double NewShare,
    int NewItems,
    double OldNdcg10,
    RetrainResult Cold,
    RetrainResult Warm,
    double TimeSaved,
    double NdcgRatio);

/// <summary>Users have acted once more since the last training: go on from its weights, or begin again?</summary>
sealed class WarmStartBench : BenchVerb<WarmStartResult>
{
    readonly Option<string> data = new("--data") { Description = "Lines 'user item', or CSV with a header.", Required = true };
    readonly Option<double> share = new("--new")
    {
        Description = "The share of the users who acted once more since, above 0 to 1.", DefaultValueFactory = _ => 1,
    };

    readonly Option<ulong> seed = new("--seed") { Description = "The seed of all trainings.", DefaultValueFactory = _ => 1 };
    readonly Option<int> threads = new("--threads") { Description = "0 for one a core." };

    public WarmStartBench()
        : base("warm-start", "A retrain from the old weights and one from nothing, each run to its end: epochs, time, NDCG@10.")
    {
        foreach (var option in new Option[] { data, share, seed, threads })
        {
            Add(option);
        }
    }

    protected override WarmStartResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var path = parsed.GetValue(data)!;
        var whole = Read(path);
        var before = Before(whole, parsed.GetValue(share), parsed.GetValue(seed));
        var split = LeaveOneOut.Of(whole, continued: true);
        var (config, options) = TrainingOptions.For(split.Train);
        options = options with { Threads = parsed.GetValue(threads), Seed = parsed.GetValue(seed) };

        var old = LeaveOneOut.Of(before, continued: true);
        var trained = SasRecTrainer.Train(
            old.Train, config, options, weights => Ndcg(weights, old.Validation), cancellationToken: cancellation);
        progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the training before: {trained.BestEpoch} epochs"));

        var known = Known(before);
        var start = trained.Weights.WithItems(known, options.Seed);
        var cold = Retrain(null, options);
        progress.WriteLine(Row("from nothing", cold));
        var warm = Retrain(start, options.Continued());
        return new WarmStartResult(
            Path.GetFileName(path), parsed.GetValue(share), known.Count(item => item < 0), Ndcg(start, split.Test), cold, warm,
            1 - warm.CpuSeconds / cold.CpuSeconds, warm.RefitNdcg10 / cold.RefitNdcg10);

        RetrainResult Retrain(SasRecWeights? initial, TrainingOptions effort)
        {
            var (wall, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var strict = SasRecTrainer.Train(
                split.Train, config, effort, weights => Ndcg(weights, split.Validation), initial: initial, cancellationToken: cancellation);
            var refit = SasRecTrainer.Train(
                split.Refit, config, options with { Epochs = strict.BestEpoch }, initial: initial, cancellationToken: cancellation);
            var (seconds, cpu) = (Stopwatch.GetElapsedTime(wall).TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
            var test = AccuracyBench.Test(refit.Weights, split.Test, options.Threads);
            return new RetrainResult(
                strict.BestEpoch, strict.Curve.Count + refit.Curve.Count, seconds, cpu, strict.BestMetric ?? 0,
                Ndcg(strict.Weights, split.Test), test.Ndcg10, test.Hr10);
        }

        double Ndcg(SasRecWeights weights, EvaluationCases cases) => AccuracyBench.Test(weights, cases, options.Threads).Ndcg10;
    }

    protected override string Table(WarmStartResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {result.Data}: {result.NewShare:P0} of the users acted once more, {result.NewItems:N0} items are new; old weights on the new test {result.OldNdcg10:0.0000}
        {Row("from nothing", result.Cold)}
        {Row("warm", result.Warm)}
          {result.TimeSaved:P0} of the processor time saved at {result.NdcgRatio:P1} of the NDCG@10
        """);

    /// <summary>The data as the last training saw it.</summary>
    static SequenceDataset Before(SequenceDataset whole, double share, ulong seed) => whole.Prefixes([.. Enumerable.Range(0, whole.UserCount)
        .Select(user => whole.Length(user) - (CounterRandom.Uniform(~seed, (ulong)user) < share ? 1 : 0))]);

    /// <summary>Each item's index; -1 for those that nobody had acted on.</summary>
    static int[] Known(SequenceDataset before)
    {
        var known = new int[before.ItemCount];
        Array.Fill(known, -1);
        for (var user = 0; user < before.UserCount; user++)
        {
            foreach (var item in before.Items(user))
            {
                known[item] = item;
            }
        }

        return known;
    }

    static string Row(string name, RetrainResult run) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {name,-13} {run.Epochs,3} epochs chosen, {run.EpochsTrained,3} trained, {run.Seconds,6:0.0} s wall {run.CpuSeconds,6:0.0} s processor   validation {run.Validation:0.0000}   strict {run.Ndcg10:0.0000}   refit {run.RefitNdcg10:0.0000} {run.RefitHr10:0.0000}");
}
