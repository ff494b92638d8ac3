using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Evaluate;

namespace SasRec.Trainer.Tests.Evaluate;

public class ItemPriorTests
{
    const int Items = 50;

    static readonly SasRecWeights Network =
        SasRecWeights.Initialized(new SasRecConfig { Width = 16, Blocks = 1, MaxLength = 10 }, Items, seed: 1);

    [Fact]
    public void An_item_s_score_gains_the_logarithm_of_its_actions_of_the_last_30_days()
    {
        // The newest action is of day 100. Item 2 has three actions since day 70, item 3 one, and one of day 69, which is too old.
        var data = Data([(2, 80), (2, 90)], [(3, 69), (3, 70), (2, 100)]);

        var bias = ItemPrior.On(Network, data, 0.5).ItemBias!;

        Assert.Equal(0.5 * Math.Log(4), bias[2], 6);
        Assert.Equal(0.5 * Math.Log(2), bias[3], 6);
        Assert.Equal(0, bias[4]);
        Assert.Null(ItemPrior.On(Network, data, 0).ItemBias);
    }

    [Fact]
    public void Its_strength_is_chosen_by_what_users_did_of_late()
    {
        // Whoever acts now acts on the novelties 40 to 47, of which a network that has learned nothing knows nothing.
        Assert.True(Choose(Data(Novelties(users: 80, day: 95))) > 0);
    }

    [Fact]
    public void Without_enough_users_of_late_there_is_none()
    {
        Assert.Equal(0, Choose(Data([.. Novelties(users: 49, day: 95), .. Novelties(users: 80, day: 5)])));
    }

    [Fact]
    public void Counts_of_pairs_that_mislead_what_comes_after_the_moment_are_not_served()
    {
        // Long ago items 40 to 47 went with each other; what is in demand of late, and from day 97 on everybody's, are 10 to 15.
        (int Item, int Day)[][] histories =
        [
            .. Enumerable.Range(0, 80).Select(user => ((int Item, int Day)[])
                [(40 + (user % 8), 50), (40 + ((user + 1) % 8), 51), (10 + (user % 6), 98)]),
            .. Enumerable.Range(0, 30).Select(user => ((int Item, int Day)[])[(20, 96), (10 + (user % 6), 96)]),
        ];
        var cut = TimeSplit.At(Data(histories), 97 * 86_400_000L);
        var misled = NeighbourCounter.Count(cut.Train, new NeighbourStrengths(8, 8));

        var chosen = ItemPrior.Choose(Network, misled, cut.Train, cut.Test, k: 10, threads: 1);

        Assert.Equal(0, chosen.NeighbourShare);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 0.5)]
    [InlineData(8, 0)]
    public void A_point_of_the_grid_ranks_as_the_model_that_serves_it(double strength, double share)
    {
        var cut = TimeSplit.At(Data([.. Novelties(users: 80, day: 94), .. Novelties(users: 80, day: 96)]), 97 * 86_400_000L);
        var counts = NeighbourCounter.Count(cut.Train, new NeighbourStrengths(0.3, 0.6));
        using var network = new ModelScorer(Network, threads: 1);
        using var served = new ModelScorer(ItemPrior.On(Network, cut.Train, strength), threads: 1, counts.With(counts.Strengths.Times(share)));
        var demand = Array.ConvertAll(ItemCounts.Recent(cut.Train, TimeSpan.FromDays(30)), count => (float)Math.Log(1 + count));

        var grid = new PriorGrid(network, counts, demand, [new PriorPoint(0.5, 1), new PriorPoint(strength, share)]).Ndcg(cut.Test, 10, null, default);

        var wanted = RankingEvaluator.Evaluate(served, cut.Test, new RankingOptions { SampledNegatives = 0 }).NdcgByCase;
        Assert.True(wanted.Average() > 0.1);
        Assert.Equal(wanted, grid.Select(points => points[1]), (one, other) => Math.Abs(one - other) < 1e-9);
    }

    /// <summary>Users who act on six of eight items, one a day.</summary>
    static (int Item, int Day)[][] Novelties(int users, int day) =>
        [.. Enumerable.Range(0, users).Select(user => Enumerable.Range(0, 6).Select(t => (40 + ((user + t) % 8), day + t)).ToArray())];

    static double Choose(SequenceDataset data)
    {
        var cut = TimeSplit.At(data, 97 * 86_400_000L);
        return ItemPrior.Choose(Network, null, cut.Train, cut.Test, k: 10, threads: 1).Strength;
    }

    static SequenceDataset Data(params (int Item, int Day)[][] histories)
    {
        var offsets = new int[histories.Length + 1];
        for (var user = 0; user < histories.Length; user++)
        {
            offsets[user + 1] = offsets[user] + histories[user].Length;
        }

        return new SequenceDataset(
            Items,
            offsets,
            [.. histories.SelectMany(history => history.Select(action => action.Item))],
            [.. histories.SelectMany(history => history.Select(action => 86_400_000L * action.Day))]);
    }
}
