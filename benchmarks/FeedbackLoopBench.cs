using System.CommandLine;
using System.Globalization;
using System.Text;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Explore;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Simulator.Loop;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;

namespace SasRec.Bench;

/// <summary>One way of running the system, over all seeds.</summary>
/// <param name="Arm">Its name.</param>
/// <param name="Rounds">The means over the seeds.</param>
/// <param name="FinalUtility">Clicks expected of a slate in the last round.</param>
/// <param name="UtilityGain">Above greedy's, paired by seed.</param>
/// <param name="UtilityGainLow">The lower end of its 95% interval (Student, over the seeds).</param>
/// <param name="UtilityGainHigh">The upper end.</param>
/// <param name="CoverageRatio">Coverage in the last round by greedy's.</param>
sealed record ArmResult(
    string Arm,
    IReadOnlyList<LoopRound> Rounds,
    double FinalUtility,
    double UtilityGain,
    double UtilityGainLow,
    double UtilityGainHigh,
    double CoverageRatio);

/// <summary>The loop closed: what exploring costs and what it buys.</summary>
/// <param name="Seeds">How many worlds.</param>
/// <param name="Arms">Greedy first.</param>
/// <param name="Picture">Where the picture was written.</param>
/// <param name="CorrectionGain">Utility of exploring with correction above that of the same without, paired by seed.</param>
/// <param name="CorrectionGainLow">The lower end of its 95% interval.</param>
/// <param name="CorrectionGainHigh">The upper end.</param>
/// <param name="UtilityGainLow">Of exploring with correction over greedy: the lower end of the 95% interval.</param>
/// <param name="CoverageRatio">Of exploring with correction to greedy.</param>
sealed record LoopResult(
    int Seeds,
    IReadOnlyList<ArmResult> Arms,
    string Picture,
    double CorrectionGain,
    double CorrectionGainLow,
    double CorrectionGainHigh,
    double UtilityGainLow,
    double CoverageRatio);

/// <summary>Greedy, temperature, epsilon and temperature with correction in the same closed worlds, SASRec trained and judged every round.</summary>
sealed class FeedbackLoopBench : BenchVerb<LoopResult>
{
    static readonly ExplorationPolicy Exploring = new() { Temperature = 0.5, Epsilon = 0.05 };

    static readonly LoopArm[] Arms =
    [
        new("greedy", ExplorationPolicy.Greedy),
        new("temperature", Exploring),
        new("epsilon", new ExplorationPolicy { Temperature = 0, Epsilon = 0.1 }),
        new("temperature, corrected", Exploring, MaxWeight: 2),
    ];

    // On the few hundred users of a world nothing is surely within the default 2% of anything, and the first model would serve for ever.
    static readonly GateOptions Gate = new() { Tolerance = 0.2 };

    readonly Option<int> seeds = new("--seeds") { Description = "How many worlds.", DefaultValueFactory = _ => 10 };
    readonly Option<int> rounds = new("--rounds") { Description = "Rounds of serve and retrain.", DefaultValueFactory = _ => 10 };
    readonly Option<int> threads = new("--threads") { Description = "Worlds at a time.", DefaultValueFactory = _ => Environment.ProcessorCount };
    readonly Option<string> picture = new("--picture")
    {
        Description = "Where the picture is written.",
        DefaultValueFactory = _ => "artifacts/feedback-loop.svg",
    };

    public FeedbackLoopBench()
        : base("feedback-loop", "Rounds of serve and retrain in closed worlds: what exploring costs and what it buys.")
    {
        foreach (var option in new Option[] { seeds, rounds, threads, picture })
        {
            Add(option);
        }

        seeds.Validators.Add(parsed =>
        {
            if (parsed.GetValueOrDefault<int>() < 2)
            {
                parsed.AddError("--seeds must be at least 2: an interval needs a spread.");
            }
        });
    }

    protected override LoopResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (worlds, path) = (parsed.GetValue(seeds), parsed.GetValue(picture)!);
        var runs = Arms.Select(_ => new IReadOnlyList<LoopRound>[worlds]).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = parsed.GetValue(threads), CancellationToken = cancellation };
        Parallel.For(0, worlds * Arms.Length, parallel, run =>
        {
            var (world, arm) = (run / Arms.Length, run % Arms.Length);
            var options = new LoopOptions { Seed = (ulong)world + 1, Rounds = parsed.GetValue(rounds) };
            var rows = runs[arm][world] = new FeedbackLoop(options, Arms[arm], Train, Gate).Run(cancellation);
            lock (progress)
            {
                progress.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"world {world + 1}, {Arms[arm].Name}: utility {rows[0].Utility:f3} to {rows[^1].Utility:f3}, coverage {rows[^1].Coverage:f2}"));
            }
        });

        var results = Arms.Select((arm, a) => Result(arm.Name, runs[a], runs[0])).ToArray();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, LoopPicture.Draw(results));
        var (correction, low, high) = Gain(runs[^1], runs[1]);
        return new LoopResult(worlds, results, path, correction, low, high, results[^1].UtilityGainLow, results[^1].CoverageRatio);
    }

    protected override string Table(LoopResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{result.Seeds} worlds, last round, picture in {result.Picture}");
        text.AppendLine("arm                       utility   gain over greedy [95%]     coverage  gini  discovered  promoted  rate error (plain)  rate covered (plain)");
        foreach (var arm in result.Arms)
        {
            var last = arm.Rounds[^1];
            var rates = last.RateError is null
                ? "no item has support"
                : string.Create(CultureInfo.InvariantCulture, $"{last.RateError:f3} ({last.PlainRateError:f3})       {last.RateCovered:f2} ({last.PlainRateCovered:f2})");
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{arm.Arm,-24}  {arm.FinalUtility,7:f3}   {arm.UtilityGain,6:f3} [{arm.UtilityGainLow,6:f3}, {arm.UtilityGainHigh,6:f3}]   {last.Coverage,8:f3}  {last.Gini:f2}  {last.Discovered,10:f2}  {arm.Rounds.Average(round => round.Promoted),8:f2}  {rates}");
        }

        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"correction beside the same without: {result.CorrectionGain:f3} [{result.CorrectionGainLow:f3}, {result.CorrectionGainHigh:f3}]");
        return text.ToString();
    }

    static ModelScorer Train(SequenceDataset data, ulong seed)
    {
        var config = new SasRecConfig { Width = 32, Blocks = 1, MaxLength = 50 };

        // So few epochs are averaged over a shorter stretch than the hundred that the defaults are for.
        var options = new TrainingOptions
        {
            Loss = RankingLoss.Bpr, Negatives = 16, Epochs = 15, LearningRate = 3e-3, Averaging = 0.8, Seed = seed, Threads = 1,
        };
        return new ModelScorer(SasRecTrainer.Train(data, config, options).Weights, threads: 1);
    }

    static ArmResult Result(string name, IReadOnlyList<LoopRound>[] runs, IReadOnlyList<LoopRound>[] greedy)
    {
        var (mean, low, high) = Gain(runs, greedy);
        var rounds = Enumerable.Range(0, runs[0].Count).Select(round => Mean([.. runs.Select(run => run[round])])).ToArray();
        return new ArmResult(name, rounds, rounds[^1].Utility, mean, low, high, rounds[^1].Coverage / greedy.Average(run => run[^1].Coverage));
    }

    /// <summary>The difference of utility in the last round, paired by world, with Student's 95% interval.</summary>
    static (double Mean, double Low, double High) Gain(IReadOnlyList<LoopRound>[] runs, IReadOnlyList<LoopRound>[] others)
    {
        var gains = runs.Zip(others, (run, other) => run[^1].Utility - other[^1].Utility).ToArray();
        var mean = gains.Average();
        var error = Math.Sqrt(gains.Sum(gain => (gain - mean) * (gain - mean)) / Math.Max(1, gains.Length - 1) / gains.Length);
        var half = error * Student975(gains.Length - 1);
        return (mean, mean - half, mean + half);
    }

    static LoopRound Mean(LoopRound[] rows)
    {
        return new LoopRound(
            rows[0].Round,
            Of(r => r.Promoted),
            Of(r => r.Utility),
            Of(r => r.Coverage),
            Of(r => r.Gini),
            Of(r => r.Discovered),
            OfThose(r => r.RateError),
            OfThose(r => r.PlainRateError),
            OfThose(r => r.RateCovered),
            OfThose(r => r.PlainRateCovered));

        double Of(Func<LoopRound, double> value) => rows.Select(value).Where(double.IsFinite).DefaultIfEmpty(0).Average();

        double? OfThose(Func<LoopRound, double?> value) => rows.Average(value);
    }

    /// <summary>The 97.5% quantile of Student's law, from the table for few degrees of freedom.</summary>
    static double Student975(int degrees)
    {
        double[] table = [double.PositiveInfinity, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131];
        return degrees < table.Length ? table[Math.Max(0, degrees)] : 1.96 + (2.5 / degrees);
    }
}
