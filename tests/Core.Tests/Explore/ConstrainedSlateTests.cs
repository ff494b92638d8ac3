using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Explore;

public sealed class ConstrainedSlateTests
{
    // Items 0 to 3 have scores, 4 is new; 0 and 1 are of one category, 2 and 4 of another, 3 of none.
    static readonly float[] Scores = [1.5f, 1.2f, 0.4f, -0.3f];
    static readonly CategoryCap First = new(ItemSet.Of(5, [0, 1]), 1), Second = new(ItemSet.Of(5, [2, 4]), 1);

    static readonly float[,] Alike =
    {
        { 1, 0.9f, 0.1f, 0 }, { 0.9f, 1, 0.2f, 0.3f }, { 0.1f, 0.2f, 1, 0.5f }, { 0, 0.3f, 0.5f, 1 }, { 0, 0, 0.6f, 0.2f },
    };

    static readonly SlateConstraints Both = new()
    {
        CapsOf = item => item switch { 0 or 1 => [First], 2 or 4 => [Second], _ => [] },
        Diversity = 0.8,
        Likeness = (item, likeness) =>
        {
            for (var other = 0; other < 4; other++)
            {
                likeness[other] = Alike[item, other];
            }
        },
    };

    public static TheoryData<double, double, double, double> Policies => new()
    {
        { 0.5, 0.1, 0.05, 0 }, { 1, 0, 0, 0.4 }, { 0, 0.2, 0.1, 0 }, { 0, 0, 0, 0 }, { double.PositiveInfinity, 0, 0.3, 0 }, { 0.7, 0.3, 0.2, 0.25 },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void Without_constraints_the_propensities_are_those_of_a_free_slate(double temperature, double epsilon, double newItemShare, double greedyShare)
    {
        var policy = Policy(temperature, epsilon, newItemShare, greedyShare);
        for (var seed = 0ul; seed < 50; seed++)
        {
            var free = PlackettLuceSlate.Draw(Scores, ItemSet.All(5), 4, policy, seed);
            int[] items = [.. free.Items.Select(slot => slot.Item)];
            var propensities = ConstrainedSlate.PropensitiesOf(Scores, ItemSet.All(5), items, policy, new SlateConstraints());
            Assert.Equal(free.Items.Select(slot => slot.Propensity), propensities, (a, b) => Math.Abs(a - b) < 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Over_every_slate_that_the_constraints_allow_the_propensities_sum_to_1_and_slates_come_as_often(
        double temperature, double epsilon, double newItemShare, double greedyShare)
    {
        const int k = 3, draws = 20_000;
        var policy = Policy(temperature, epsilon, newItemShare, greedyShare);
        var chances = new Dictionary<string, double>();
        foreach (var slate in Orders([], k))
        {
            var chance = ConstrainedSlate.PropensitiesOf(Scores, ItemSet.All(5), slate, policy, Both).Aggregate(1.0, (product, p) => product * p);
            chances[string.Join(' ', slate)] = chance;
            Assert.True(chance == 0 || (slate.Count(i => i < 2) <= 1 && slate.Count(i => i is 2 or 4) <= 1));
        }

        Assert.Equal(1, chances.Values.Sum(), 1e-6);
        var counts = new Dictionary<string, int>();
        for (var seed = 0ul; seed < draws; seed++)
        {
            var drawn = ConstrainedSlate.Draw(Scores, ItemSet.All(5), k, policy, Both, seed);
            var key = string.Join(' ', drawn.Items.Select(slot => slot.Item));
            counts[key] = counts.GetValueOrDefault(key) + 1;
            Assert.Equal(chances[key], drawn.Items.Aggregate(1.0, (product, slot) => product * slot.Propensity), 1e-9);
        }

        // Four deviations of chi-squared, over the slates that are expected often enough for it.
        var (statistic, freedom) = (0.0, 0);
        foreach (var (key, chance) in chances.Where(c => c.Value * draws >= 5))
        {
            statistic += Math.Pow(counts.GetValueOrDefault(key) - (chance * draws), 2) / (chance * draws);
            freedom++;
        }

        Assert.InRange(statistic, 0, freedom + (4 * Math.Sqrt(2 * freedom)) + 4);
    }

    [Fact]
    public void A_slot_is_drawn_by_what_the_caps_leave_at_the_scores_that_MMR_leaves()
    {
        // By hand: 1 first, so 0 is out; 2 loses 0.8 x 0.2, 3 loses 0.8 x 0.3.
        var policy = Policy(0.5, 0, 0, 0);
        var propensities = ConstrainedSlate.PropensitiesOf(Scores, ItemSet.AllBut(5, [4]), [1, 3, 2], policy, Both);
        double Weight(double score) => Math.Exp(score / 0.5);
        Assert.Equal(Weight(1.2) / (Weight(1.5) + Weight(1.2) + Weight(0.4) + Weight(-0.3)), propensities[0], 1e-6);
        Assert.Equal(Weight(-0.3 - 0.24) / (Weight(0.4 - 0.16) + Weight(-0.3 - 0.24)), propensities[1], 1e-6);
        Assert.Equal(1, propensities[2], 1e-6);
    }

    [Fact]
    public void Greedy_slates_keep_to_the_constraints_and_end_where_they_leave_nothing()
    {
        Assert.Equal([0, 3, 2], ConstrainedSlate.Draw(Scores, ItemSet.AllBut(5, [4]), 9, ExplorationPolicy.Greedy, Both with { Diversity = 8 }, 0).Items.Select(slot => slot.Item));
        Assert.Equal([0, 2, 3], ConstrainedSlate.Draw(Scores, ItemSet.AllBut(5, [4]), 9, ExplorationPolicy.Greedy, Both with { Diversity = 0 }, 0).Items.Select(slot => slot.Item));
    }

    static ExplorationPolicy Policy(double temperature, double epsilon, double newItemShare, double greedyShare) =>
        new() { Temperature = temperature, Epsilon = epsilon, NewItemShare = newItemShare, GreedyShare = greedyShare };

    static IEnumerable<int[]> Orders(int[] above, int left) => left == 0
        ? [above]
        : Enumerable.Range(0, 5).Except(above).SelectMany(item => Orders([.. above, item], left - 1));
}
