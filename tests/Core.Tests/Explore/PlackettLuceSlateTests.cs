using SasRec.Core.Explore;
using static SasRec.Core.Tests.Explore.Slates;

namespace SasRec.Core.Tests.Explore;

public sealed class PlackettLuceSlateTests
{
    const float None = float.NegativeInfinity;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 0.3)]
    [InlineData(0.01, 0)]
    [InlineData(0.5, 0.1)]
    [InlineData(1, 0)]
    [InlineData(7, 1)]
    [InlineData(double.PositiveInfinity, 0)]
    public void Propensities_are_those_of_the_definition(double temperature, double epsilon)
    {
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon };
        var scores = Normal(3000, 1.5, seed: 5);
        (scores[7], scores[2999], scores[40]) = (None, None, scores[41]);
        int[] excluded = [0, 63, 64, 1023, 1024, 2047, 2998];
        var eligible = Enumerable.Range(0, scores.Length).Except(excluded).ToArray();
        for (ulong seed = 0; seed < 20; seed++)
        {
            var slate = PlackettLuceSlate.Draw(scores, ItemSet.AllBut(scores.Length, excluded), 12, policy, seed);
            var expected = Propensities(scores, eligible, ItemsOf(slate), policy);
            Assert.All(slate.Items.Zip(expected), pair => Assert.Equal(1, pair.First.Propensity / pair.Second, 2e-6));
            Assert.Equal(12, ItemsOf(slate).Distinct().Count());
            Assert.DoesNotContain(slate.Items, item => excluded.Contains(item.Item));
            Assert.Equal(eligible.Length, slate.EligibleCount);
            Assert.All(slate.Items, item => Assert.Equal(scores[item.Item], item.Score));
        }
    }

    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(0.3, 0)]
    [InlineData(1, 0.25)]
    [InlineData(double.PositiveInfinity, 0)]
    public void The_probabilities_of_all_ordered_slates_sum_to_one(double temperature, double epsilon)
    {
        float[] scores = [1, -0.5f, None, 2, 2, 0];
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon };
        var total = All([0, 1, 2, 3, 4, 5], 4).Sum(slate => Propensity.OfSlate(scores, null, slate, policy).Aggregate((a, b) => a * b));
        Assert.Equal(1, total, 1e-5);
    }

    [Theory]
    [InlineData(0.7, 0)]
    [InlineData(0.7, 0.3)]
    [InlineData(0, 0.5)]
    [InlineData(double.PositiveInfinity, 0)]
    public void Every_ordered_slate_of_a_small_catalogue_comes_as_often_as_it_says(double temperature, double epsilon)
    {
        float[] scores = [0.4f, 1.3f, None, -1, 0.9f];
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon };
        const int draws = 100_000;
        var counts = new Dictionary<string, int>();
        for (ulong seed = 0; seed < draws; seed++)
        {
            var key = string.Join(',', ItemsOf(PlackettLuceSlate.Draw(scores, null, 3, policy, seed)));
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var (chiSquared, cells) = (0.0, 0);
        foreach (var slate in All([0, 1, 2, 3, 4], 3))
        {
            var expected = draws * Propensities(scores, [0, 1, 2, 3, 4], slate, policy).Aggregate((a, b) => a * b);
            var seen = counts.GetValueOrDefault(string.Join(',', slate));
            if (expected == 0)
            {
                Assert.Equal(0, seen);
                continue;
            }

            chiSquared += (seen - expected) * (seen - expected) / expected;
            cells++;
        }

        // Four deviations above the mean of a chi-squared with cells - 1 degrees of freedom.
        Assert.InRange(chiSquared, 0, cells - 1 + (4 * Math.Sqrt(2.0 * (cells - 1))));
    }

    [Fact]
    public void The_same_seed_draws_the_same_slate_and_another_seed_another()
    {
        var scores = Normal(5000, 1, seed: 1);
        var policy = new ExplorationPolicy { Temperature = 1, Epsilon = 0.1 };
        var first = PlackettLuceSlate.Draw(scores, null, 10, policy, 42);
        Assert.Equal(first.Items, PlackettLuceSlate.Draw(scores, null, 10, policy, 42).Items);
        Assert.NotEqual(first.Items, PlackettLuceSlate.Draw(scores, null, 10, policy, 43).Items);
    }

    [Fact]
    public void Temperature_zero_is_the_order_of_the_scores_with_ties_by_index_and_certain()
    {
        var slate = PlackettLuceSlate.Draw([1, 3, 2, 3, 3, 0], null, 4, ExplorationPolicy.Greedy, seed: 9);
        Assert.Equal([1, 3, 4, 2], ItemsOf(slate));
        Assert.All(slate.Items, item => Assert.Equal(1, item.Propensity));
        Assert.All(slate.Items, item => Assert.False(item.Explored));
    }

    [Fact]
    public void A_greedy_slate_of_a_large_catalogue_is_its_sorted_head()
    {
        var scores = Normal(10_000, 1, seed: 3);
        var expected = Enumerable.Range(0, scores.Length).OrderByDescending(item => scores[item]).ThenBy(item => item).Take(50);
        Assert.Equal(expected, ItemsOf(PlackettLuceSlate.Draw(scores, null, 50, ExplorationPolicy.Greedy, 0)));
    }

    [Fact]
    public void Infinite_temperature_gives_every_item_the_same_chance()
    {
        var slate = PlackettLuceSlate.Draw([9, None, -9, 0], null, 3, ExplorationPolicy.Uniform, seed: 4);
        Assert.Equal([1.0 / 4, 1.0 / 3, 1.0 / 2], slate.Items.Select(item => item.Propensity));
    }

    [Fact]
    public void A_slate_is_as_long_as_the_eligible_items_allow()
    {
        var policy = new ExplorationPolicy { Temperature = 1, Epsilon = 0.1 };
        float[] scores = [1, 2, 3, 4];
        Assert.Equal(4, PlackettLuceSlate.Draw(scores, null, 10, policy, 1).Items.Count);
        Assert.Empty(PlackettLuceSlate.Draw(scores, ItemSet.None(4), 10, policy, 1).Items);
        Assert.Empty(PlackettLuceSlate.Draw([], null, 10, policy, 1).Items);
        Assert.Empty(PlackettLuceSlate.Draw(scores, null, 0, policy, 1).Items);
        var only = Assert.Single(PlackettLuceSlate.Draw(scores, ItemSet.Of(4, [2]), 10, policy, 1).Items);
        Assert.Equal((2, 1.0), (only.Item, only.Propensity));
    }

    [Fact]
    public void Items_without_a_score_come_through_epsilon_and_fill_what_scored_items_leave()
    {
        float[] scores = [None, 5, None, None];
        var slate = PlackettLuceSlate.Draw(scores, null, 4, new ExplorationPolicy { Temperature = 1, Epsilon = 0 }, seed: 2);
        Assert.Equal(1, slate.Items[0].Item);
        Assert.Equal(1, slate.Items[0].Propensity, 1e-6);
        Assert.Equal([1.0 / 3, 1.0 / 2, 1.0], slate.Items.Skip(1).Select(item => item.Propensity));
        Assert.Equal(0.1 / 4, Propensity.OfSlate(scores, null, [2], new ExplorationPolicy { Temperature = 1, Epsilon = 0.1 })[0], 1e-12);
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1)]
    [InlineData(1e6)]
    public void Extreme_scores_give_finite_propensities(double temperature)
    {
        float[] scores = [float.MaxValue, float.MinValue, 0, 1e30f, -1e30f, float.Epsilon, 88, -104, 1e-20f, None];
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = 0 };
        for (ulong seed = 0; seed < 50; seed++)
        {
            var slate = PlackettLuceSlate.Draw(scores, null, 10, policy, seed);
            var expected = Propensities(scores, Enumerable.Range(0, 10), ItemsOf(slate), policy);
            Assert.All(slate.Items.Zip(expected), pair => Assert.Equal(pair.Second, pair.First.Propensity, 4e-6));
            Assert.All(slate.Items, item => Assert.InRange(item.Propensity, double.Epsilon, 1));
        }
    }

    [Fact]
    public void Nothing_cancels_when_each_item_outweighs_all_the_following_by_far()
    {
        var scores = Enumerable.Range(0, 4000).Select(i => -30f * i).ToArray();
        var slate = PlackettLuceSlate.Draw(scores, null, 100, new ExplorationPolicy { Temperature = 0.5, Epsilon = 0 }, seed: 6);
        Assert.Equal(Enumerable.Range(0, 100), ItemsOf(slate));
        Assert.All(slate.Items, item => Assert.Equal(1, item.Propensity, 1e-6));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_score_that_is_no_number_is_refused_by_name_unless_filtered_out(float bad)
    {
        var scores = Normal(2500, 1, seed: 8);
        scores[2100] = bad;
        foreach (var temperature in new[] { 0, 0.5, double.PositiveInfinity })
        {
            var policy = new ExplorationPolicy { Temperature = temperature };
            var refusal = Assert.Throws<ArgumentException>(() => PlackettLuceSlate.Draw(scores, null, 5, policy, 0));
            Assert.Contains("item 2100", refusal.Message, StringComparison.Ordinal);
            Assert.Equal(5, PlackettLuceSlate.Draw(scores, ItemSet.AllBut(2500, [2100]), 5, policy, 0).Items.Count);
        }
    }

    [Fact]
    public void An_item_is_explored_when_it_stands_higher_than_greedy_would_put_it()
    {
        float[] scores = [5, 4, 3, 2, 1];
        var slates = Enumerable.Range(0, 200).Select(seed =>
            PlackettLuceSlate.Draw(scores, null, 3, new ExplorationPolicy { Temperature = 2, Epsilon = 0.2 }, (ulong)seed));
        Assert.All(slates, slate => Assert.All(
            slate.Items.Index(), slot => Assert.Equal(slot.Item.Item > slot.Index, slot.Item.Explored)));
    }

    [Fact]
    public void Over_a_million_draws_items_come_as_often_as_their_chance_says()
    {
        // A hundred thousand slates of ten are a million draws.
        var scores = Normal(200, 1, seed: 12);
        var policy = new ExplorationPolicy { Temperature = 1, Epsilon = 0 };
        const int slates = 100_000, k = 10;
        var counts = new int[scores.Length];
        for (ulong seed = 0; seed < slates; seed++)
        {
            foreach (var item in PlackettLuceSlate.Draw(scores, null, k, policy, seed).Items)
            {
                counts[item.Item]++;
            }
        }

        var chances = InclusionProbability.PlackettLuce(scores, null, k, 1);
        var chiSquared = counts.Zip(chances, (count, chance) => Math.Pow(count - (slates * chance), 2) / (slates * chance * (1 - chance))).Sum();

        // Inclusions of one slate exclude each other a little, so the sum lies just below a chi-squared's of as many degrees of freedom.
        Assert.InRange(chiSquared, 200 - (5 * Math.Sqrt(400)), 200 + (4 * Math.Sqrt(400)));
    }

    [Fact]
    public void The_first_slot_of_a_million_draws_passes_the_chi_squared_test()
    {
        var scores = Normal(1_000, 1, seed: 13);
        var policy = new ExplorationPolicy { Temperature = 0.8, Epsilon = 0.1 };
        const int draws = 1_000_000;
        var counts = new int[scores.Length];
        for (ulong seed = 0; seed < draws; seed++)
        {
            counts[PlackettLuceSlate.Draw(scores, null, 1, policy, seed).Items[0].Item]++;
        }

        var total = scores.Sum(score => Math.Exp(score / 0.8));
        var chiSquared = counts.Select((count, item) =>
        {
            var expected = draws * ((0.9 * Math.Exp(scores[item] / 0.8) / total) + (0.1 / scores.Length));
            return Math.Pow(count - expected, 2) / expected;
        }).Sum();

        // 999 degrees of freedom: mean 999, deviation √1998; four deviations are passed once in 16,000 seeds.
        Assert.InRange(chiSquared, 999 - (4 * Math.Sqrt(1998)), 999 + (4 * Math.Sqrt(1998)));
    }
}
