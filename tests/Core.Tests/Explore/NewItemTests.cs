using SasRec.Core.Events;
using SasRec.Core.Explore;
using static SasRec.Core.Tests.Explore.Slates;

namespace SasRec.Core.Tests.Explore;

/// <summary>Items that stand in the catalogue and that the model does not know: places behind the scores.</summary>
public sealed class NewItemTests
{
    static readonly float[] Scores = [0.4f, 1.3f, -1, 0.9f];

    public static TheoryData<double, double, double> Policies => new()
    {
        { 0.7, 0, 0.2 },
        { 0.7, 0.3, 0.1 },
        { 0.7, 0.3, 0 },
        { 0, 0, 0.25 },
        { 0, 0.5, 0.1 },
        { 1, 0, 1 },
        { double.PositiveInfinity, 0, 0.3 },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void Every_ordered_slate_with_new_items_comes_as_often_as_the_definition_says(double temperature, double epsilon, double share)
    {
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon, NewItemShare = share };
        int[] eligible = [0, 1, 3, 4, 5, 6]; // Item 2 is filtered out; 4, 5 and 6 are new, 7 is new and filtered out.
        var set = ItemSet.Of(8, eligible);
        const int draws = 20_000;
        var counts = new Dictionary<string, int>();
        for (ulong seed = 0; seed < draws; seed++)
        {
            var slate = PlackettLuceSlate.Draw(Scores, set, 3, policy, seed);
            Assert.Equal((6, 3), (slate.EligibleCount, slate.NewEligibleCount));
            var key = string.Join(',', ItemsOf(slate));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var (chiSquared, cells, total) = (0.0, 0, 0.0);
        foreach (var slate in All(eligible, 3))
        {
            var probability = Propensities(Scores, eligible, slate, policy).Aggregate((a, b) => a * b);
            Assert.Equal(probability, Propensity.OfSlate(Scores, set, slate, policy).Aggregate((a, b) => a * b), 1e-5 * probability);
            total += probability;
            var seen = counts.GetValueOrDefault(string.Join(',', slate));
            if (probability < 1e-12)
            {
                Assert.Equal(0, seen);
                continue;
            }

            chiSquared += Math.Pow(seen - (draws * probability), 2) / (draws * probability);
            cells++;
        }

        Assert.Equal(1, total, 1e-9);
        Assert.InRange(chiSquared, 0, cells - 1 + (4 * Math.Sqrt(2.0 * Math.Max(1, cells - 1))));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_new_item_with_a_score_has_its_share_of_both(double temperature, double epsilon, double share)
    {
        // Of the new items 4, 5 and 6 the first two have a score.
        float[] scores = [.. Scores, 1.1f, -0.2f, float.NegativeInfinity];
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon, NewItemShare = share };
        int[] eligible = [0, 1, 3, 4, 5, 6];
        var set = ItemSet.Of(8, eligible);
        const int draws = 20_000;
        var counts = new Dictionary<string, int>();
        for (ulong seed = 0; seed < draws; seed++)
        {
            var slate = PlackettLuceSlate.Draw(scores, set, 2, policy, seed, firstNew: 4);
            Assert.Equal((6, 3), (slate.EligibleCount, slate.NewEligibleCount));
            Assert.Equal(Propensities(scores, eligible, ItemsOf(slate), policy, 4), slate.Items.Select(item => item.Propensity), Near);
            Assert.Equal(slate.Items.Select(item => item.Propensity), Propensity.OfSlate(Record(slate, policy, 4)), Near);
            var key = string.Join(',', ItemsOf(slate));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var (chiSquared, cells, expected) = (0.0, 0, new double[8]);
        foreach (var slate in All(eligible, 2))
        {
            var probability = Propensities(scores, eligible, slate, policy, 4).Aggregate((a, b) => a * b);
            Array.ForEach(slate, item => expected[item] += probability);
            if (probability > 1e-12)
            {
                chiSquared += Math.Pow(counts.GetValueOrDefault(string.Join(',', slate)) - (draws * probability), 2) / (draws * probability);
                cells++;
            }
        }

        Assert.InRange(chiSquared, 0, cells - 1 + (4 * Math.Sqrt(2.0 * Math.Max(1, cells - 1))));
        if (temperature > 0)
        {
            var estimate = InclusionEstimate.Of(scores, set, 2, policy, draws: 2_000, seed: 1, firstNew: 4);
            Assert.All(expected.Index(), e => Assert.Equal(e.Item, estimate.Chances[e.Index], (4 * estimate.StandardErrors[e.Index]) + 1e-6));
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_log_record_alone_gives_back_the_propensities_of_slates_with_new_items(double temperature, double epsilon, double share)
    {
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon, NewItemShare = share };
        var scores = Normal(100, 1, seed: 3);
        for (ulong seed = 0; seed < 30; seed++)
        {
            var slate = PlackettLuceSlate.Draw(scores, ItemSet.All(103), 8, policy, seed);
            var logged = slate.Items.Select(item => item.Propensity).ToArray();
            Assert.Equal(logged, Propensities(scores, Enumerable.Range(0, 103), ItemsOf(slate), policy), Near);
            Assert.Equal(logged, Propensity.OfSlate(Record(slate, policy, scores.Length)), Near);
        }
    }

    [Theory]
    [InlineData(0.5, 0, 0.2)]
    [InlineData(2, 0.1, 0.3)]
    [InlineData(double.PositiveInfinity, 0.2, 0.1)]
    public void Chances_by_drawing_lie_within_their_error_of_enumeration_with_new_items_too(double temperature, double epsilon, double share)
    {
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon, NewItemShare = share };
        int[] eligible = [0, 1, 3, 4, 5];
        var expected = new double[7];
        foreach (var slate in All(eligible, 3))
        {
            var probability = Propensities(Scores, eligible, slate, policy).Aggregate((a, b) => a * b);
            Array.ForEach(slate, item => expected[item] += probability);
        }

        var estimate = InclusionEstimate.Of(Scores, ItemSet.Of(7, eligible), 3, policy, draws: 5_000, seed: 1);
        Assert.Equal(3, estimate.Chances.Sum(), 1e-5);
        Assert.All(expected.Index(), e => Assert.Equal(e.Item, estimate.Chances[e.Index], (4 * estimate.StandardErrors[e.Index]) + 1e-6));

        // Without a share of their own new items come after everything with a score, each as likely as the other.
        Assert.Equal([1, 1, 0, 1, 0.5, 0.5, 0], InclusionProbability.PlackettLuce(Scores, ItemSet.Of(7, eligible), 4, 1));
    }

    [Fact]
    public void Where_no_new_item_is_eligible_the_share_changes_nothing()
    {
        var scores = Normal(200, 1, seed: 2);
        var (with, without) = (new ExplorationPolicy { NewItemShare = 0.3 }, new ExplorationPolicy());
        for (ulong seed = 0; seed < 20; seed++)
        {
            var set = ItemSet.AllBut(260, [.. Enumerable.Range(200, 60)]);
            Assert.Equal(PlackettLuceSlate.Draw(scores, null, 5, without, seed).Items, PlackettLuceSlate.Draw(scores, set, 5, with, seed).Items);
        }
    }

    [Fact]
    public void A_slate_can_be_made_of_new_items_alone()
    {
        var slate = PlackettLuceSlate.Draw([], ItemSet.All(3), 5, new ExplorationPolicy { NewItemShare = 0.4 }, 1);
        Assert.Equal([1.0 / 3, 1.0 / 2, 1], slate.Items.Select(item => item.Propensity), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0, 1, 2], ItemsOf(slate).Order());
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_share_out_of_range_is_refused_by_name(double share)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new ExplorationPolicy { NewItemShare = share }.Validated());
        Assert.Contains("NewItemShare must be 0 to 1", error.Message, StringComparison.Ordinal);
    }

    static bool Near(double a, double b) => Math.Abs((a / b) - 1) < 4e-6;

    static Impression Record(Slate slate, ExplorationPolicy policy, int known) => new()
    {
        RecommendationId = "r",
        ServedAt = DateTimeOffset.UnixEpoch,
        ModelVersion = "m",
        Recommender = "sasrec",
        Temperature = policy.Temperature,
        Epsilon = policy.Epsilon,
        NewItemShare = policy.NewItemShare,
        Seed = 0,
        EligibleCount = slate.EligibleCount,
        NewEligibleCount = slate.NewEligibleCount,
        UnservedLogSumExp = double.IsFinite(slate.UnservedLogSumExp) ? slate.UnservedLogSumExp : null,
        Items = [.. slate.Items.Select((item, i) => new ServedItem(
            $"{item.Item}", i + 1, float.IsFinite(item.Score) ? item.Score : null, item.Propensity, item.Explored, item.Item >= known))],
    };
}
