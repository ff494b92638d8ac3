using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Explore;

public class SlotMarginalsTests
{
    static readonly float[] Scores = [1.2f, 0.1f, -0.4f, 0.7f, 0.3f, float.NegativeInfinity];

    public static TheoryData<double, double, double> Policies => new() { { 0.7, 0.1, 0 }, { 0.5, 0, 0.6 }, { 0, 0.2, 0 }, { 2, 0.05, 0.9 } };

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_marginal_is_the_sum_over_all_slates_that_could_stand_above(double temperature, double epsilon, double greedyShare)
    {
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon, GreedyShare = greedyShare };
        int[] shown = [3, 0, 5];
        var exact = new double[shown.Length];
        foreach (var slate in Orders(Scores.Length, shown.Length))
        {
            var chances = Propensity.OfSlate(Scores, null, slate, policy);
            for (var slot = 0; slot < shown.Length; slot++)
            {
                exact[slot] += slate[slot] == shown[slot] ? chances.Aggregate((a, b) => a * b) : 0;
            }
        }

        var found = SlotMarginals.Of(shown, Scores, null, policy, draws: 20_000, seed: 1);

        for (var slot = 0; slot < shown.Length; slot++)
        {
            Assert.Equal(exact[slot], found[slot], 0.005);
        }
    }

    [Fact]
    public void The_first_slot_has_nothing_above_and_is_exact_with_one_draw()
    {
        var policy = new ExplorationPolicy { Temperature = 1, Epsilon = 0.1 };

        Assert.Equal(Propensity.OfSlate(Scores, null, [3], policy)[0], SlotMarginals.Of([3, 0], Scores, null, policy, draws: 1, seed: 5)[0], 12);
    }

    [Fact]
    public void What_is_not_eligible_is_in_no_slate_drawn()
    {
        // Without item 0 the greedy slate is 3, 4: certain in this order.
        var eligible = ItemSet.AllBut(Scores.Length, [0]);

        Assert.Equal([1.0, 1.0], SlotMarginals.Of([3, 4], Scores, eligible, ExplorationPolicy.Greedy, draws: 3, seed: 1));
    }

    static IEnumerable<int[]> Orders(int items, int slots) => slots == 0
        ? [[]]
        : Orders(items, slots - 1).SelectMany(above => Enumerable.Range(0, items).Where(item => !above.Contains(item)).Select(item => (int[])[.. above, item]));
}
