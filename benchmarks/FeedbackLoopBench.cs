using System.CommandLine;
using System.Globalization;
using System.Text;
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
/// <param name="SumGain">Clicks expected of a slate, summed over the rounds, above greedy's, paired by world.</param>
/// <param name="SumGainLow">The lower end of its 95% interval.</param>
/// <param name="SumGainHigh">The upper end.</param>
/// <param name="Sum">Clicks expected of a slate, summed over the rounds.</param>
/// <param name="SumRegret">What the best slates would have been worth beyond that.</param>
sealed record ArmResult(
    string Arm,
    IReadOnlyList<LoopRound> Rounds,
    double FinalUtility,
    double UtilityGain,
    double UtilityGainLow,
    double UtilityGainHigh,
    double CoverageRatio,
    double SumGain,
    double SumGainLow,
    double SumGainHigh,
    double Sum,
    double SumRegret);

/// <summary>The loop closed: what the product's default earns beside greedy as it would be served.</summary>
/// <param name="FirstWorld">The seed of the first world.</param>
/// <param name="Worlds">How many worlds, one seed after another.</param>
/// <param name="LastGain">Of the product's default over greedy: clicks expected of a slate in the last round, paired by world.</param>
/// <param name="LastGainLow">The lower end of its 95% interval (Student, over the worlds).</param>
/// <param name="SumGain">The same summed over the rounds.</param>
/// <param name="SumGainLow">The lower end of its 95% interval.</param>
/// <param name="CoverageRatio">Coverage in the last round by greedy's.</param>
/// <param name="Arms">Greedy first, the product's default next.</param>
/// <param name="Picture">Where the picture was written.</param>
sealed record LoopResult(
    int FirstWorld,
    int Worlds,
    double LastGain,
    double LastGainLow,
    double SumGain,
    double SumGainLow,
    double CoverageRatio,
    IReadOnlyList<ArmResult> Arms,
    string Picture);

/// <summary>Ways of running the system in the same closed worlds, SASRec trained and judged every round.</summary>
sealed class FeedbackLoopBench : BenchVerb<LoopResult>
{
    static readonly ExplorationPolicy Served = ExplorationPolicy.Greedy with { NewItemShare = 0.02 };

    static readonly ExplorationPolicy Exploring = Served with { Epsilon = new ExplorationPolicy().Epsilon };

    static readonly LoopArm[] Product =
    [
        new("greedy", Served),
        new("product default", Exploring) { Exploration = ExplorationCurve.DefaultExploration, Response = true },
    ];

    static readonly LoopArm[] Others =
    [
        new("exploration alone", Exploring) { Exploration = ExplorationCurve.DefaultExploration },
        new("response model alone", Served) { Response = true },
        new("exploration .1", Exploring) { Exploration = 0.1, Response = true },
        new("exploration .2", Exploring) { Exploration = 0.2, Response = true },
        new("temperature .5, epsilon .05", new ExplorationPolicy { Temperature = 0.5, Epsilon = 0.05, NewItemShare = 0.02 }) { Response = true },
    ];

    readonly Option<int> first = new("--first-world") { Description = "The seed of the first world.", DefaultValueFactory = _ => 1 };
    readonly Option<int> seeds = new("--worlds") { Description = "How many worlds.", DefaultValueFactory = _ => 10 };
    readonly Option<bool> all = new("--all") { Description = "Other ways of running the system too." };
    readonly Option<int> rounds = new("--rounds") { Description = "Rounds of serve and retrain.", DefaultValueFactory = _ => 10 };
    readonly Option<double> drift = new("--drift")
    {
        Description = "How far tastes and the season move from round to round, 0 to 1.",
        DefaultValueFactory = _ => new LoopOptions().Drift,
    };

    readonly Option<double> bias = new("--position-bias")
    {
        Description = "Slot s is looked at with probability s to the minus this, 0 to 10.",
        DefaultValueFactory = _ => new LoopOptions().PositionBias,
    };

    readonly Option<double> growth = new("--new-items")
    {
        Description = "The share of the items that is released during the first half of the rounds, 0 to 0.9.",
        DefaultValueFactory = _ => new LoopOptions().NewItems,
    };

    readonly Option<int> threads = new("--threads") { Description = "Worlds at a time.", DefaultValueFactory = _ => Environment.ProcessorCount };
    readonly Option<string> picture = new("--picture")
    {
        Description = "Where the picture is written.",
        DefaultValueFactory = _ => "artifacts/feedback-loop.svg",
    };

    public FeedbackLoopBench()
        : base("feedback-loop", "Rounds of serve and retrain in closed worlds: what exploring costs and what it buys.")
    {
        foreach (var option in new Option[] { first, seeds, all, rounds, drift, bias, growth, threads, picture })
        {
            Add(option);
        }

        seeds.Validators.Add(parsed =>
        {
            if (parsed.GetValueOrDefault<int>() < 2)
            {
                parsed.AddError("--worlds must be at least 2: an interval needs a spread.");
            }
        });
    }

    protected override LoopResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (start, worlds, path) = (parsed.GetValue(first), parsed.GetValue(seeds), parsed.GetValue(picture)!);
        LoopArm[] arms = parsed.GetValue(all) ? [.. Product, .. Others] : Product;
        var runs = arms.Select(_ => new IReadOnlyList<LoopRound>[worlds]).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = parsed.GetValue(threads), CancellationToken = cancellation };
        Parallel.For(0, worlds * arms.Length, parallel, run =>
        {
            var (world, arm) = (run / arms.Length, run % arms.Length);
            var options = new LoopOptions
            {
                Seed = (ulong)(start + world),
                Rounds = parsed.GetValue(rounds),
                Drift = parsed.GetValue(drift),
                PositionBias = parsed.GetValue(bias),
                NewItems = parsed.GetValue(growth),
            };
            var rows = runs[arm][world] = new FeedbackLoop(options, arms[arm], Train).Run(cancellation);
            lock (progress)
            {
                progress.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"world {start + world}, {arms[arm].Name}: utility {rows[0].Utility:f3} to {rows[^1].Utility:f3}, coverage {rows[^1].Coverage:f2}"));
            }
        });

        var results = arms.Select((arm, a) => Result(arm.Name, runs[a], runs[0])).ToArray();
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.WriteAllText(path, LoopPicture.Draw(results));
        var product = results[1];
        return new LoopResult(
            start, worlds, product.UtilityGain, product.UtilityGainLow, product.SumGain, product.SumGainLow, product.CoverageRatio, results, path);
    }

    protected override string Table(LoopResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{result.Worlds} worlds from {result.FirstWorld}, last round, picture in {result.Picture}");
        text.AppendLine("arm                           last   gain over greedy [95%]      sum   gain over greedy [95%]     regret  coverage  discovered  promoted");
        foreach (var arm in result.Arms)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{arm.Arm,-28}  {arm.FinalUtility,5:f3}   {arm.UtilityGain,6:f3} [{arm.UtilityGainLow,6:f3}, {arm.UtilityGainHigh,6:f3}]   {arm.Sum,6:f2}   {arm.SumGain,6:f2} [{arm.SumGainLow,6:f2}, {arm.SumGainHigh,6:f2}]   {arm.SumRegret,6:f2}  {arm.Rounds[^1].Coverage,8:f3}  {arm.Rounds[^1].Discovered,10:f2}  {arm.Rounds.Average(round => round.Promoted),8:f2}");
        }

        return text.ToString();
    }

    static ModelScorer Train(SequenceDataset data, ulong seed)
    {
        var config = new SasRecConfig { Width = 32, Blocks = 1, MaxLength = 50 };

        // So few epochs are averaged over a shorter stretch than the hundred that the defaults are for.
        var options = new TrainingOptions
        {
            Negatives = 64, Epochs = 12, LearningRate = 3e-3, EmaDecay = 0.8, Seed = seed, Threads = 1,
        };
        return new ModelScorer(SasRecTrainer.Train(data, config, options).Weights, threads: 1);
    }

    static ArmResult Result(string name, IReadOnlyList<LoopRound>[] runs, IReadOnlyList<LoopRound>[] greedy)
    {
        var (mean, low, high) = Gain(runs, greedy, run => run[^1].Utility);
        var (sum, sumLow, sumHigh) = Gain(runs, greedy, run => run.Sum(round => round.Utility));
        var rounds = Enumerable.Range(0, runs[0].Count).Select(round => Mean([.. runs.Select(run => run[round])])).ToArray();
        return new ArmResult(name, rounds, rounds[^1].Utility, mean, low, high, rounds[^1].Coverage / greedy.Average(run => run[^1].Coverage), sum, sumLow, sumHigh,
            rounds.Sum(round => round.Utility), rounds.Sum(round => round.Regret));
    }

    /// <summary>A difference, paired by world, with Student's 95% interval.</summary>
    static (double Mean, double Low, double High) Gain(
        IReadOnlyList<LoopRound>[] runs, IReadOnlyList<LoopRound>[] others, Func<IReadOnlyList<LoopRound>, double> of)
    {
        var gains = runs.Zip(others, (run, other) => of(run) - of(other)).ToArray();
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
            Of(r => r.Regret),
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
