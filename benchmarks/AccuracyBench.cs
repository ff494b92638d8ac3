using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Bench;

/// <summary>Full ranking of the last action among all items that are not in the history.</summary>
/// <param name="Ndcg10">NDCG@10.</param>
/// <param name="Hr10">HR@10.</param>
/// <param name="Seconds">Training with its validations, wall time; refit without the choice before it.</param>
sealed record ProtocolResult(double Ndcg10, double Hr10, double Seconds);

/// <summary>One seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Epochs">Chosen on validation.</param>
/// <param name="Validation">NDCG@10 of the validation action.</param>
/// <param name="Strict">Trained on all but the last two actions.</param>
/// <param name="Refit">After further training on all but the last action.</param>
sealed record SeedResult(ulong Seed, int Epochs, double Validation, ProtocolResult Strict, ProtocolResult Refit);

/// <summary>What the defaults reach.</summary>
/// <param name="Data">The file.</param>
/// <param name="Loss">The loss.</param>
/// <param name="Strict">The mean over the seeds.</param>
/// <param name="Refit">The mean over the seeds.</param>
/// <param name="Seeds">By seed.</param>
sealed record AccuracyResult(string Data, string Loss, ProtocolResult Strict, ProtocolResult Refit, IReadOnlyList<SeedResult> Seeds);

/// <summary>Trains with the defaults and reports both protocols, by seed.</summary>
sealed class AccuracyBench : BenchVerb<AccuracyResult>
{
    readonly Option<string> data = new("--data") { Description = "Lines 'user item', or CSV with a header.", Required = true };
    readonly Option<int> seeds = new("--seeds") { Description = "How many seeds, from 1.", DefaultValueFactory = _ => 3 };
    readonly Option<int> threads = new("--threads") { Description = "0 for one a core." };

    public AccuracyBench()
        : base("accuracy", "NDCG@10 and HR@10 of both protocols with the defaults, by seed, with wall time.")
    {
        Add(data);
        Add(seeds);
        Add(threads);
    }

    protected override AccuracyResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var path = parsed.GetValue(data)!;
        var split = LeaveOneOut.Of(Read(path));
        var (config, options) = TrainingOptions.For(split.Train);
        options = options with { Threads = parsed.GetValue(threads) };
        List<SeedResult> results = [];
        for (var seed = 1UL; seed <= (ulong)parsed.GetValue(seeds); seed++)
        {
            results.Add(Train(split, config, options with { Seed = seed }, cancellation));
            progress.WriteLine(Row($"seed {seed}", results[^1].Strict, results[^1].Refit));
        }

        return new AccuracyResult(
            Path.GetFileName(path), options.Loss.ToString(), Mean(results.Select(result => result.Strict)),
            Mean(results.Select(result => result.Refit)), results);
    }

    protected override string Table(AccuracyResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{result.Data}, {result.Loss}: NDCG@10, HR@10, seconds");
        foreach (var seed in result.Seeds)
        {
            text.AppendLine(Row($"seed {seed.Seed}, {seed.Epochs} epochs", seed.Strict, seed.Refit));
        }

        return text.Append(Row("mean", result.Strict, result.Refit)).ToString();
    }

    static SeedResult Train(LeaveOneOut split, SasRecConfig config, TrainingOptions options, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var validate = ModelScorer.Validation(split.Validation, 10, HoldOut.MaxValidationCases, options.Threads);
        var strict = SasRecTrainer.Train(split.Train, config, options, validate, cancellationToken: cancellation);
        var counts = NeighbourCounter.Count(split.Train, NeighbourStrengths.Alone, cancellation: cancellation);
        using var network = new ModelScorer(strict.Weights, options.Threads);
        var chosen = NeighbourChoice.Choose(network, counts, split.Validation, 10, HoldOut.MaxValidationCases, cancellation);
        var strictTime = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        var refit = SasRecTrainer.Train(
            split.Refit, config, ModelFitter.Further(options, strict), initial: strict.Weights, cancellationToken: cancellation);
        var refitCounts = NeighbourCounter.Count(split.Refit, chosen, cancellation: cancellation);
        var refitTime = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new SeedResult(
            options.Seed, strict.BestEpoch, strict.BestMetric ?? 0,
            Test(strict.Weights, split.Test, options.Threads, counts.With(chosen)) with { Seconds = strictTime },
            Test(refit.Weights, split.Test, options.Threads, refitCounts) with { Seconds = refitTime });
    }

    internal static ProtocolResult Test(SasRecWeights weights, EvaluationCases cases, int threads, ItemNeighbours? neighbours = null)
    {
        using var scorer = new ModelScorer(weights, threads, neighbours);
        var report = RankingEvaluator.Evaluate(scorer, cases, new RankingOptions { SampledNegatives = 0 });
        return new ProtocolResult(report.Ndcg, report.HitRate, 0);
    }

    static ProtocolResult Mean(IEnumerable<ProtocolResult> results)
    {
        var all = results.ToArray();
        return new ProtocolResult(all.Average(r => r.Ndcg10), all.Average(r => r.Hr10), all.Average(r => r.Seconds));
    }

    static string Row(string name, ProtocolResult strict, ProtocolResult refit) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {name,-20} strict {strict.Ndcg10:0.0000} {strict.Hr10:0.0000} {strict.Seconds,6:0.0}   refit {refit.Ndcg10:0.0000} {refit.Hr10:0.0000} {refit.Seconds,6:0.0}");
}
