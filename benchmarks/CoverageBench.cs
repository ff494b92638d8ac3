using System.CommandLine;
using System.Globalization;
using System.Text;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Bench;

/// <summary>How often intervals hold the truth, over ledgers of one size.</summary>
/// <param name="Users">Users of a ledger.</param>
/// <param name="Slates">Slates a user.</param>
/// <param name="Plain">Of the plain rate's intervals, the share that holds the truth.</param>
/// <param name="Weighted">Of the weighed rate's.</param>
/// <param name="Reward">Of the advice's intervals of the reward a slate.</param>
/// <param name="Width">The mean width of the plain interval.</param>
sealed record CoverageOfSize(int Users, int Slates, double Plain, double Weighted, double Reward, double Width);

/// <summary>What '95%' intervals hold.</summary>
/// <param name="Ledgers">Of each size.</param>
/// <param name="Sizes">By size.</param>
/// <param name="SupportedAt25000">Whether the weighed rate of all slots has support with 25,000 items under the default exploration.</param>
/// <param name="EffectiveAt25000">The effective sample size there, of 20,000 slates of 10.</param>
sealed record CoverageResult(int Ledgers, IReadOnlyList<CoverageOfSize> Sizes, bool SupportedAt25000, double EffectiveAt25000);

/// <summary>Simulated ledgers with users who differ, through the real report: how often its intervals hold the truth.</summary>
sealed class CoverageBench : BenchVerb<CoverageResult>
{
    const int Items = 20;

    // How much users differ: the standard deviation of a user's own term, on the logit.
    const double UserSpread = 1;

    static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly (int Users, int Slates)[] Sizes = [(1_000, 1), (200, 10), (100, 40), (50, 100)];

    readonly Option<int> ledgers = new("--ledgers") { Description = "Of each size.", DefaultValueFactory = _ => 1_000 };

    public CoverageBench()
        : base("coverage", "How often the intervals of insights hold the truth.")
    {
        Add(ledgers);
    }

    protected override CoverageResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var count = parsed.GetValue(ledgers);
        var sizes = new List<CoverageOfSize>();
        foreach (var (users, slates) in Sizes)
        {
            var sums = new double[4];
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, ledger =>
            {
                var world = new LedgerOfUsers((ulong)(ledger + 1) * 1_000_003, users, slates);
                var report = world.Report();
                var (plain, weighted) = LedgerOfUsers.Truth;
                lock (sums)
                {
                    sums[0] += Holds(plain, report.Total.PlainLow, report.Total.PlainHigh);
                    sums[1] += Holds(weighted, report.Total.Low, report.Total.High);
                    sums[2] += Holds(plain, report.Advice.Low, report.Advice.High);
                    sums[3] += report.Total.PlainHigh!.Value - report.Total.PlainLow!.Value;
                }
            });
            sizes.Add(new CoverageOfSize(users, slates, sums[0] / count, sums[1] / count, sums[2] / count, sums[3] / count));
            progress.WriteLine(Row(sizes[^1]));
        }

        var (supported, effective) = At25000(cancellation);
        return new CoverageResult(count, sizes, supported, effective);
    }

    protected override string Table(CoverageResult result)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{result.Ledgers} ledgers of each size, intervals of 95%: how many hold the truth");
        foreach (var size in result.Sizes)
        {
            text.AppendLine(Row(size));
        }

        return text.Append(CultureInfo.InvariantCulture, $"25,000 items: {(result.SupportedAt25000 ? "supported" : "not supported")}, worth {result.EffectiveAt25000:n0} slots")
            .ToString();
    }

    static string Row(CoverageOfSize s) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {s.Users,5} users x {s.Slates,3} slates   plain {s.Plain:p1}   weighed {s.Weighted:p1}   reward of the advice {s.Reward:p1}   width {s.Width:0.000}");

    static double Holds(double truth, double? low, double? high) => truth >= low && truth <= high ? 1 : 0;

    /// <summary>A catalogue of 25,000 with the spread of scores that BPR-max leaves on Beauty, served at the default exploration.</summary>
    static (bool Supported, double Effective) At25000(CancellationToken cancellation)
    {
        const int Catalogue = 25_000;
        var random = new RandomStream(25);
        var builder = new InsightsBuilder(new LedgerOptions(), Noon.AddDays(8));
        var policy = new ExplorationCurve(0.5, [new ExplorationPoint(0.5, 0.4, 0.5, 0.35, 0.02)], 10_000).Policy(ExplorationCurve.DefaultExploration);
        var scores = new float[Catalogue];
        for (var i = 0; i < 20_000; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i % 100 == 0)
            {
                foreach (ref var score in scores.AsSpan())
                {
                    score = (float)(0.72 * random.NextNormal());
                }
            }

            var slate = PlackettLuceSlate.Draw(scores, null, 10, policy, random.NextBits());
            builder.Add(LedgerOfUsers.Served($"r{i}", $"user {i % 2_000}", Noon, policy, slate, _ => random.NextDouble() < 0.05));
        }

        var total = builder.Build(Noon, Noon.AddDays(8)).Total;
        return (total.Enough, total.EffectiveSampleSize);
    }

    /// <summary>Slates of one slot, shown to users who take items more readily or less.</summary>
    sealed class LedgerOfUsers(ulong seed, int users, int slates)
    {
        static readonly ExplorationPolicy Policy = new() { Temperature = 0.7, Epsilon = 0.1 };
        static readonly float[] Scores = [.. Enumerable.Range(0, Items).Select(item => (float)Math.Cos(item * 1.7))];

        /// <summary>The plain rate and that of every item shown alike, over all users that there could be.</summary>
        public static (double Plain, double Weighted) Truth { get; } = TruthOf();

        public InsightsReport Report()
        {
            var random = new RandomStream(seed);
            var builder = new InsightsBuilder(new LedgerOptions { Temperatures = [], Epsilons = [] }, Noon.AddDays(8));
            for (var user = 0; user < users; user++)
            {
                var own = UserSpread * random.NextNormal();
                for (var i = 0; i < slates; i++)
                {
                    var slate = PlackettLuceSlate.Draw(Scores, null, 1, Policy, random.NextBits());
                    builder.Add(Served($"{seed} {user} {i}", $"{seed} {user}", Noon, Policy, slate, item => random.NextDouble() < Chance(item, own)));
                }
            }

            return builder.Build(Noon, Noon.AddDays(8));
        }

        public static ServedSlate Served(
            string id, string user, DateTimeOffset at, ExplorationPolicy policy, Slate slate, Func<int, bool> takes) => new(
                new Impression
                {
                    RecommendationId = id,
                    UserId = user,
                    ServedAt = at,
                    ModelVersion = "m",
                    Recommender = "sasrec",
                    Temperature = policy.Temperature,
                    Epsilon = policy.Epsilon,
                    GreedyShare = policy.GreedyShare,
                    Seed = 0,
                    EligibleCount = slate.EligibleCount,
                    UnservedLogSumExp = double.IsFinite(slate.UnservedLogSumExp) ? slate.UnservedLogSumExp : null,
                    Items = [.. slate.Items.Select((item, i) => new ServedItem($"{item.Item}", i + 1, item.Score, item.Propensity, item.Explored))],
                },
                [.. slate.Items.Where(item => takes(item.Item)).Select(item => new SlateEvent($"{item.Item}", "click", at.AddMinutes(1)))]);

        static double Chance(int item, double own) => 1 / (1 + Math.Exp(1.5 - Scores[item] - own));

        static (double, double) TruthOf()
        {
            var (plain, weighted) = (0.0, 0.0);
            for (var item = 0; item < Items; item++)
            {
                var share = Propensity.OfSlate(Scores, null, [item], Policy)[0];
                const int Points = 2_001;
                for (var p = 0; p < Points; p++)
                {
                    var z = -6 + (12.0 * p / (Points - 1));
                    var density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * 12 / (Points - 1);
                    plain += density * share * Chance(item, UserSpread * z);
                    weighted += density * Chance(item, UserSpread * z) / Items;
                }
            }

            return (plain, weighted);
        }
    }
}
