using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Explore;

public sealed class UnservedLogSumExpsTests
{
    [Theory]
    [InlineData(1, 40)]
    [InlineData(30, 3_000)]
    public void They_are_those_of_the_definition(double deviation, int items)
    {
        var scores = Slates.Normal(items, deviation, seed: 5);
        scores[3] = float.NegativeInfinity;
        var eligible = ItemSet.AllBut(items, [1, 2]);
        var slate = PlackettLuceSlate.Draw(scores, eligible, 5, new ExplorationPolicy(), seed: 9);
        var left = Enumerable.Range(4, items - 4).Append(0).Except(slate.Items.Select(i => i.Item)).Select(i => (double)scores[i]).ToArray();

        var found = UnservedLogSumExps.Of(scores, eligible, slate);

        Assert.Equal(UnservedLogSumExps.Temperatures, found.Select(f => f.Temperature));
        foreach (var (temperature, value) in found.Select(f => (f.Temperature, f.Value)))
        {
            var max = left.Max();
            var expected = temperature == 0 ? max : max + (temperature * Math.Log(left.Sum(s => Math.Exp((s - max) / temperature))));
            Assert.Equal(expected, value, 1e-4);
        }
    }

    [Fact]
    public void With_them_a_logged_slate_has_its_exact_propensities_at_every_temperature()
    {
        var scores = Slates.Normal(200, 1, seed: 6);
        var slate = PlackettLuceSlate.Draw(scores, null, 8, new ExplorationPolicy(), seed: 10);
        foreach (var (temperature, value) in UnservedLogSumExps.Of(scores, null, slate).Select(f => (f.Temperature, f.Value)))
        {
            var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = 0.05 };
            var expected = Propensity.OfSlate(scores, null, Slates.ItemsOf(slate), policy);
            var found = Propensity.OfSlate(new Impression
            {
                RecommendationId = "r",
                ServedAt = DateTimeOffset.UnixEpoch,
                ModelVersion = "m",
                Recommender = "sasrec",
                Temperature = temperature,
                Epsilon = 0.05,
                Seed = 0,
                EligibleCount = 200,
                UnservedLogSumExp = value,
                Items = [.. slate.Items.Select((s, i) => new ServedItem($"{s.Item}", i + 1, s.Score, s.Propensity, s.Explored))],
            });
            Assert.All(expected.Zip(found), pair => Assert.Equal(1, pair.Second / pair.First, 1e-3));
        }
    }

    [Fact]
    public void Where_nothing_with_a_score_is_left_out_there_are_none()
    {
        float[] scores = [1, 2, float.NegativeInfinity];
        var slate = PlackettLuceSlate.Draw(scores, ItemSet.Of(3, [0, 1, 2]), 3, new ExplorationPolicy(), seed: 1);
        Assert.Empty(UnservedLogSumExps.Of(scores, null, slate));
    }
}
