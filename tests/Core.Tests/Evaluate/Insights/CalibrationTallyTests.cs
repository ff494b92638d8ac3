using SasRec.Core.Evaluate.Calibration;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Evaluate.Insights;

public sealed class CalibrationTallyTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)] // a second between slates: minutes
    [InlineData(3600)] // an hour: years, so that slices have to grow
    public void The_map_is_learned_on_older_slates_and_holds_on_newer_ones(int seconds)
    {
        var calibration = Calibrate(6_000, seconds, (_, score) => 1 / (1 + Math.Exp(-((0.8 * score) - 1.5))));

        Assert.True(calibration.Enough, calibration.Reason);
        Assert.InRange(calibration.Slope!.Value, 0.7, 0.9);
        Assert.InRange(calibration.Intercept!.Value, -1.65, -1.35);
        Assert.InRange(calibration.LearnedFrom / 6_000.0, 0.65, 0.75);
        Assert.Equal(6_000, calibration.LearnedFrom + calibration.TestedOn);
        Assert.True(calibration.Bins.Count(b => b.Low <= b.Predicted && b.Predicted <= b.High) >= calibration.Bins.Count - 2);
        Assert.InRange(calibration.Bins.Count, 8, 10);
        Assert.True(calibration.Brier < calibration.BaseBrier);
        Assert.True(calibration.ExpectedError < 0.05);
    }

    [Fact]
    public void A_world_that_changed_after_the_older_slates_shows_in_the_bins()
    {
        var calibration = Calibrate(6_000, 1, (i, score) => (i < 4_200 ? 1.0 : 0.3) / (1 + Math.Exp(-score)));
        Assert.True(calibration.ExpectedError > 0.2);
        Assert.True(calibration.Bins.All(b => b.High < b.Predicted || b.Predicted < 0.1));
    }

    [Fact]
    public void One_moment_or_too_few_actions_are_not_enough()
    {
        Assert.Contains("one moment", Calibrate(500, 0, (_, _) => 0.5).Reason, StringComparison.Ordinal);
        var rare = Calibrate(500, 1, (i, _) => i % 50 == 0 ? 1 : 0);
        Assert.Equal("not enough support: 7 of the 350 older slots were acted on, 50 are needed", rare.Reason);
        Assert.False(rare.Enough);
    }

    [Fact]
    public void A_table_of_counts_is_that_of_the_single_predictions()
    {
        var single = ReliabilityTable.Of([0.1, 0.1, 0.3, 0.3, 0.7, 0.7, 0.9, 0.9], [false, false, true, false, true, false, true, true], bins: 2);
        var counted = ReliabilityTable.OfCounts([(0.9, 2, 2), (0.1, 2, 0), (0.7, 2, 1), (0.3, 2, 1)], bins: 2);
        Assert.Equal(single.ExpectedError, counted.ExpectedError, 1e-12);
        Assert.Equal(single.Brier, counted.Brier, 1e-12);
        Assert.Equal(
            single.Bins.Select(b => (b.Count, Math.Round(b.Predicted, 9), b.Observed)), counted.Bins.Select(b => (b.Count, Math.Round(b.Predicted, 9), b.Observed)));
    }

    static Calibration Calibrate(int slots, int seconds, Func<int, double, double> chance)
    {
        var random = new RandomStream(3);
        var tally = new CalibrationTally();
        for (var i = 0; i < slots; i++)
        {
            var score = 2 * random.NextNormal();
            var impression = new Impression
            {
                RecommendationId = "r",
                ServedAt = Noon.AddSeconds((long)i * seconds),
                ModelVersion = "m",
                Recommender = "sasrec",
                Temperature = 1,
                Epsilon = 0,
                Seed = 0,
                EligibleCount = 10,
                Items = [new ServedItem("a", 1, score, 0.5, false)],
            };
            tally.Add(new SlateOutcome(impression, [random.NextDouble() < chance(i, score)], [false], false, 0));
        }

        return Assert.Single(tally.Calibrations(new LedgerOptions()));
    }
}
