using SasRec.Core.Evaluate.Calibration;
using SasRec.Core.Evaluate.Coverage;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Evaluate.OffPolicy;

public sealed class InteractionRateTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Rates_weigh_by_propensity_as_worked_out_by_hand()
    {
        var rate = InteractionRate.Of([Slot("a", 0.5, true), Slot("b", 0.1, false), Slot("c", 0.25, true), Slot("d", 1, false)]);
        Assert.Equal((4, 2, 0.5), (rate.Served, rate.Interacted, rate.Plain));
        Assert.Equal((2 + 4) / 17.0, rate.Value, 1e-12);
        Assert.Equal(17 * 17 / (4.0 + 100 + 16 + 1), rate.EffectiveSampleSize, 1e-12);
        Assert.Equal("not enough support: worth 2 slots, 30 are needed", rate.NotEnoughSupport);
    }

    [Fact]
    public void An_item_that_the_policy_showed_only_where_it_was_sure_has_no_support_however_often_that_was()
    {
        var sure = Enumerable.Range(0, 400).Select(i => Slot("a", 1, i % 4 == 0)).ToArray();
        Assert.Null(InteractionRate.Of(sure).NotEnoughSupport);
        Assert.Null(InteractionRate.Of(sure, opportunities: 500).NotEnoughSupport);
        Assert.Equal(
            "not enough support: the weights stand for 400 of 9,000 slots, on the others it had no chance",
            InteractionRate.Of(sure, opportunities: 9_000).NotEnoughSupport);
    }

    [Fact]
    public void Wilsons_interval_is_the_textbooks() // 2 of 10: 0.0567 to 0.5098.
    {
        var (low, high) = InteractionRate.Wilson(0.2, 10);
        Assert.Equal(0.0567, low, 5e-5);
        Assert.Equal(0.5098, high, 5e-5);
    }

    [Fact]
    public void Over_500_logs_the_weighed_interval_covers_the_true_rate_and_the_plain_rate_is_off()
    {
        // The policy shows the item mostly to those who like it: the plain rate is 0.8 * 0.3 + ... instead of the mean over all users.
        var (covered, plain, truth) = (0, 0.0, (0.3 + 0.1 + 0.05) / 3);
        double[] likes = [0.3, 0.1, 0.05], shown = [0.6, 0.3, 0.15];
        for (ulong seed = 0; seed < 500; seed++)
        {
            var random = new RandomStream(seed);
            var slots = new List<ServedOutcome>();
            for (var i = 0; i < 3_000; i++)
            {
                var kind = random.NextIndex(3);
                if (random.NextDouble() < shown[kind])
                {
                    slots.Add(Slot("a", shown[kind], random.NextDouble() < likes[kind]));
                }
            }

            var rate = InteractionRate.Of(slots);
            covered += truth >= rate.Low && truth <= rate.High ? 1 : 0;
            plain += rate.Plain / 500;
        }

        Assert.InRange(covered, 0.93 * 500, 0.97 * 500);
        Assert.True(plain > truth + 0.04, $"plain {plain}, true {truth}");
    }

    [Fact]
    public void A_reliability_table_is_the_one_worked_out_by_hand()
    {
        var table = ReliabilityTable.Of([0.9, 0.1, 0.3, 0.7], [true, false, true, false], bins: 2);
        Assert.Equal([0.2, 0.8], table.Bins.Select(bin => Math.Round(bin.Predicted, 12)));
        Assert.Equal([0.5, 0.5], table.Bins.Select(bin => bin.Observed));
        Assert.Equal(0.3, table.ExpectedError, 1e-12);
        Assert.Equal((0.01 + 0.01 + 0.49 + 0.49) / 4, table.Brier, 1e-12);
    }

    [Fact]
    public void Gini_and_coverage_are_those_worked_out_by_hand()
    {
        Assert.Equal(0, Concentration.Gini([3, 3, 3]), 1e-12);
        Assert.Equal(0.75, Concentration.Gini([0, 0, 8, 0]), 1e-12);
        Assert.Equal(0.25, Concentration.Gini([1, 2, 3, 4]), 1e-12);
        Assert.Equal(0.5, Concentration.Coverage([0, 5, 1, 0]));
        Assert.Equal(2 / 3.0, Concentration.Discoverable([0.5, 0.01, 0.001], slates: 100));
    }

    static ServedOutcome Slot(string item, double propensity, bool interacted) =>
        new(Slate("r", Noon, item), new ServedItem(item, 1, 0, propensity, false), interacted);

    static Impression Slate(string id, DateTimeOffset time, params string[] items) => new()
    {
        RecommendationId = id,
        ServedAt = time,
        ModelVersion = "m",
        Recommender = "sasrec",
        Temperature = 1,
        Epsilon = 0,
        Seed = 0,
        EligibleCount = 10,
        Items = [.. items.Select((item, i) => new ServedItem(item, i + 1, 0, 0.1, false))],
    };
}
