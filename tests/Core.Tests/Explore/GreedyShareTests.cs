using SasRec.Core.Events;
using SasRec.Core.Explore;
using static SasRec.Core.Tests.Explore.Slates;

namespace SasRec.Core.Tests.Explore;

/// <summary>A share of greedy slates among drawn ones. Five items with scores, one without, two new: small enough to list every slate.</summary>
public sealed class GreedyShareTests
{
    static readonly float[] Scores = [0.4f, 1.3f, float.NegativeInfinity, -1, 1.3f, 0.9f];

    public static TheoryData<double, double, double, double> Policies => new()
    {
        { 0.7, 0, 0, 0.9 },
        { 0.7, 0.3, 0, 0.5 },
        { 0.3, 0.02, 0.2, 0.95 },
        { 0, 0.4, 0.1, 0.3 },
        { 2, 1, 0.5, 0.1 },
        { 1, 0.1, 0.1, 1 },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void The_probability_of_every_ordered_slate_is_that_of_the_two_kinds_of_slate_and_they_sum_to_one(
        double temperature, double epsilon, double newShare, double greedyShare)
    {
        var policy = Policy(temperature, epsilon, newShare, greedyShare);
        var total = 0.0;
        foreach (var slate in All(Everything, 3))
        {
            var expected = Expected(slate, policy);
            var found = Propensity.OfSlate(Scores, ItemSet.All(8), slate, policy).Aggregate((a, b) => a * b);
            Assert.Equal(expected, found, 1e-6);
            total += found;
        }

        Assert.Equal(1, total, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Every_ordered_slate_comes_as_often_as_it_says(double temperature, double epsilon, double newShare, double greedyShare)
    {
        const int Draws = 60_000;
        var policy = Policy(temperature, epsilon, newShare, greedyShare);
        var counts = new Dictionary<string, int>();
        for (ulong seed = 0; seed < Draws; seed++)
        {
            var key = string.Join(',', ItemsOf(PlackettLuceSlate.Draw(Scores, ItemSet.All(8), 2, policy, seed)));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var (chiSquared, cells) = (0.0, 0);
        foreach (var slate in All(Everything, 2))
        {
            var (expected, seen) = (Draws * Expected(slate, policy), counts.GetValueOrDefault(string.Join(',', slate)));
            if (expected < 1e-9)
            {
                Assert.Equal(0, seen);
            }
            else if (expected >= 5)
            {
                chiSquared += (seen - expected) * (seen - expected) / expected;
                cells++;
            }
        }

        Assert.True(chiSquared < cells + (5 * Math.Sqrt(2 * cells)), $"{chiSquared} over {cells} slates");
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_log_record_alone_gives_back_every_propensity(double temperature, double epsilon, double newShare, double greedyShare)
    {
        var policy = Policy(temperature, epsilon, newShare, greedyShare);
        for (ulong seed = 0; seed < 200; seed++)
        {
            var slate = PlackettLuceSlate.Draw(Scores, ItemSet.All(8), 4, policy, seed);
            var logged = slate.Items.Select(item => item.Propensity).ToArray();
            Assert.Equal(logged, Propensity.OfSlate(Record(slate, policy)), (a, b) => Math.Abs((a / b) - 1) < 1e-5);
            Assert.Equal(logged, Propensity.OfSlate(Scores, ItemSet.All(8), ItemsOf(slate), policy), (a, b) => Math.Abs((a / b) - 1) < 1e-9);
        }
    }

    [Fact]
    public void Equal_scores_at_temperature_0_are_recomputed_as_they_were_drawn()
    {
        var (scores, policy) = (new float[6], new ExplorationPolicy { Temperature = 0, Epsilon = 0.3 });
        for (ulong seed = 0; seed < 100; seed++)
        {
            var slate = PlackettLuceSlate.Draw(scores, null, 3, policy, seed);
            var logged = slate.Items.Select(item => item.Propensity).ToArray();
            Assert.Equal(logged, Propensity.OfSlate(Record(slate, policy)), (a, b) => Math.Abs(a - b) < 1e-12);
        }
    }

    [Fact]
    public void A_slate_of_the_greedy_kind_is_greedy_and_as_many_come_as_the_share_says()
    {
        var scores = Normal(400, 1, seed: 3);
        var policy = new ExplorationPolicy { Temperature = 5, Epsilon = 0, GreedyShare = 0.8 };
        var greedy = ItemsOf(PlackettLuceSlate.Draw(scores, null, 10, ExplorationPolicy.Greedy, 0));
        var same = Enumerable.Range(0, 5_000).Count(seed => ItemsOf(PlackettLuceSlate.Draw(scores, null, 10, policy, (ulong)seed)).SequenceEqual(greedy));
        Assert.InRange(same, 5_000 * 0.78, 5_000 * 0.82);
    }

    [Fact]
    public void The_chance_to_be_in_a_slate_counts_both_kinds()
    {
        var policy = Policy(0.7, 0.1, 0.1, 0.6);
        var exact = new double[8];
        foreach (var slate in All(Everything, 2))
        {
            foreach (var item in slate)
            {
                exact[item] += Expected(slate, policy);
            }
        }

        // Two items share the highest score: the estimate lets chance order them, so their chances are held to together.
        var found = InclusionEstimate.Of(Scores, ItemSet.All(8), 2, policy, 4_000, 1).Chances;
        foreach (var item in Everything.Except([1, 4]))
        {
            Assert.Equal(exact[item], found[item], 0.01);
        }

        Assert.Equal(exact[1] + exact[4], found[1] + found[4], 0.01);
    }

    [Theory]
    [InlineData(-0.01, 0.5)]
    [InlineData(1.01, 0.5)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void A_share_out_of_range_is_refused_by_name(double share, double temperature)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(
            () => new ExplorationPolicy { GreedyShare = share, Temperature = temperature }.Validated());
        Assert.Contains("GreedyShare must be 0 to 1", error.Message, StringComparison.Ordinal);
    }

    static int[] Everything => [0, 1, 2, 3, 4, 5, 6, 7];

    static ExplorationPolicy Policy(double temperature, double epsilon, double newShare, double greedyShare) =>
        new() { Temperature = temperature, Epsilon = epsilon, NewItemShare = newShare, GreedyShare = greedyShare };

    static double Expected(int[] slate, ExplorationPolicy policy)
    {
        var greedy = policy with { Temperature = 0, Epsilon = 0 };
        return (policy.GreedyShare * Product(greedy)) + ((1 - policy.GreedyShare) * Product(policy));

        double Product(ExplorationPolicy part) => Propensities(Scores, Everything, slate, part).Aggregate((a, b) => a * b);
    }

    static Impression Record(Slate slate, ExplorationPolicy policy) => new()
    {
        RecommendationId = "r",
        ServedAt = DateTimeOffset.UnixEpoch,
        ModelVersion = "m",
        Recommender = "sasrec",
        Temperature = policy.Temperature,
        Epsilon = policy.Epsilon,
        NewItemShare = policy.NewItemShare,
        GreedyShare = policy.GreedyShare,
        Seed = 0,
        EligibleCount = slate.EligibleCount,
        NewEligibleCount = slate.NewEligibleCount,
        UnservedLogSumExp = double.IsFinite(slate.UnservedLogSumExp) ? slate.UnservedLogSumExp : null,
        Items = [.. slate.Items.Select((item, i) =>
            new ServedItem($"{item.Item}", i + 1, float.IsFinite(item.Score) ? item.Score : null, item.Propensity, item.Explored, item.Item >= Scores.Length)
            {
                Greedy = item.Greedy,
            })],
    };
}
