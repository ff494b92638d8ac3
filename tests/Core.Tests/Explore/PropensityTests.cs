using SasRec.Core.Events;
using SasRec.Core.Explore;
using static SasRec.Core.Tests.Explore.Slates;

namespace SasRec.Core.Tests.Explore;

public sealed class PropensityTests
{
    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(0, 0)]
    [InlineData(0.02, 0.1)]
    [InlineData(0.6, 0)]
    [InlineData(1, 0.3)]
    [InlineData(double.PositiveInfinity, 0)]
    public void A_log_record_alone_gives_back_every_propensity(double temperature, double epsilon)
    {
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon };
        var scores = Normal(500, 1, seed: 11);
        scores[3] = float.NegativeInfinity;
        for (ulong seed = 0; seed < 20; seed++)
        {
            var slate = PlackettLuceSlate.Draw(scores, null, 8, policy, seed);
            var logged = slate.Items.Select(item => item.Propensity).ToArray();
            Assert.Equal(logged, Propensity.OfSlate(Record(slate, policy)), Near);
            Assert.Equal(logged, Propensity.OfSlate(scores, null, ItemsOf(slate), policy), Near);
        }
    }

    [Fact]
    public void A_slate_that_holds_the_whole_catalogue_is_recomputed_too()
    {
        var policy = new ExplorationPolicy { Temperature = 1, Epsilon = 0.1 };
        var slate = PlackettLuceSlate.Draw([1, 40, -40, float.NegativeInfinity], null, 4, policy, 3);
        Assert.Equal(slate.Items.Select(item => item.Propensity), Propensity.OfSlate(Record(slate, policy)), Near);
    }

    [Theory]
    [InlineData(4, 1)]
    [InlineData(1, 1)]
    [InlineData(1, -1)]
    public void An_item_that_is_not_eligible_or_comes_twice_is_refused(int first, int second)
    {
        var eligible = ItemSet.AllBut(5, [4]);
        Assert.Throws<ArgumentException>(() => Propensity.OfSlate(new float[5], eligible, [first, second], ExplorationPolicy.Uniform));
    }

    static bool Near(double a, double b) => Math.Abs((a / b) - 1) < 4e-6;

    static Impression Record(Slate slate, ExplorationPolicy policy) => new()
    {
        RecommendationId = "r",
        ServedAt = DateTimeOffset.UnixEpoch,
        ModelVersion = "m",
        Recommender = "sasrec",
        Temperature = policy.Temperature,
        Epsilon = policy.Epsilon,
        Seed = 0,
        EligibleCount = slate.EligibleCount,
        UnservedLogSumExp = double.IsFinite(slate.UnservedLogSumExp) ? slate.UnservedLogSumExp : null,
        Items = [.. slate.Items.Select((item, i) =>
            new ServedItem($"{item.Item}", i + 1, float.IsFinite(item.Score) ? item.Score : null, item.Propensity, item.Explored))],
    };
}
