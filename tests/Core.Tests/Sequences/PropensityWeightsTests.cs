using SasRec.Core.Events;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Sequences;

public sealed class PropensityWeightsTests
{
    [Fact]
    public void Without_a_clip_in_reach_weights_are_inverse_propensities_with_mean_one() =>

        // c (1/0.5 + 1/0.25 + 1/0.25) / 3 = 1 gives c = 0.3.
        Assert.Equal([0.6f, 1.2f, 1.2f], PropensityWeights.Clipped([0.5, 0.25, 0.25], 100));

    [Fact]
    public void A_rare_slate_counts_no_more_than_the_clip_and_the_mean_stays_one()
    {
        // The rare one takes 2 of 4, the other three share 2: 2/3 each.
        var weights = PropensityWeights.Clipped([1, 1, 1, 1e-9], 2);
        Assert.Equal(2, weights[3]);
        Assert.All(weights[..3], weight => Assert.Equal(2 / 3.0, weight, 1e-6));
    }

    [Fact]
    public void A_clip_of_one_counts_all_alike() => Assert.All(PropensityWeights.Clipped([1, 0.1, 1e-6], 1), weight => Assert.Equal(1, weight, 1e-6));

    [Theory]
    [InlineData(0)]
    [InlineData(1.5)]
    [InlineData(double.NaN)]
    public void A_propensity_out_of_range_is_refused(double propensity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PropensityWeights.Clipped([0.5, propensity], 5));

    [Fact]
    public void Each_interaction_weighs_by_its_own_slate_and_organic_ones_by_one()
    {
        var builder = Builder();
        var logged = new Dictionary<(string, string), double>
        {
            [("often", "emma")] = 0.6, [("often", "dune")] = 0.1, [("rarely", "ubik")] = 0.2, [("rarely", "emma")] = 0.2,
        };

        Assert.Equal(["of nobody's", "often", "rarely"], builder.RecommendationIds.Order());

        // c (1/0.6 + 1/0.2 + 1/0.2) / 3 = 1 gives c = 9/35.
        var weighed = builder.Build(new DatasetOptions { MaxWeight = 10 }, logged).Sequences;
        Assert.Equal([1f, 3 / 7f, 9 / 7f], weighed.Weights(0).ToArray());
        Assert.Equal([9 / 7f, 1f], weighed.Weights(1).ToArray());
        Assert.Equal([1f, 3 / 7f], weighed.Prefixes([2, 0]).Weights(0).ToArray());
        Assert.False(Builder().Build(null, logged).Sequences.HasWeights);

        static InteractionDatasetBuilder Builder()
        {
            var rows = new InteractionDatasetBuilder();
            foreach (var (second, (user, item, slate)) in new (string, string, string?)[]
            {
                ("ann", "dune", null), ("ann", "emma", "often"), ("ann", "ubik", "rarely"), ("bob", "emma", "rarely"), ("bob", "dune", "of nobody's"),
            }.Index())
            {
                rows.Add(new Interaction
                {
                    EventId = $"{second}",
                    UserId = user,
                    ItemId = item,
                    Timestamp = DateTimeOffset.UnixEpoch.AddYears(50).AddSeconds(second),
                    RecommendationId = slate,
                });
            }

            return rows;
        }
    }

    [Fact]
    public void Weights_out_of_range_are_refused_by_place()
    {
        var refusal = Assert.Throws<ArgumentException>(() => new SequenceDataset(2, [0, 2], [0, 1], null, [1, -0.5f]));
        Assert.Contains("interaction 1", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SequenceDataset(2, [0, 2], [0, 1], null, [1]));
    }
}
