using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Items;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Content;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Tests.Content;

/// <summary>Users who stay with one of four categories of 15 items each.</summary>
public class ContentLearnerTests
{
    const int Items = 60;

    static readonly Lazy<(SequenceDataset Data, SasRecWeights Weights)> World = new(() =>
    {
        var (offsets, items) = (new List<int> { 0 }, new List<int>());
        for (var user = 0; user < 240; user++)
        {
            for (var place = 0; place < 8; place++)
            {
                items.Add((15 * (user % 4)) + CounterRandom.Below((ulong)user, (ulong)place, 15));
            }

            offsets.Add(items.Count);
        }

        var data = new SequenceDataset(Items, [.. offsets], [.. items]);
        var options = new TrainingOptions { Epochs = 20, Negatives = 32, Threads = 1, BatchSize = 32, LearningRate = 1e-2, Dropout = 0 };
        return (data, SasRecTrainer.Train(data, new SasRecConfig { Width = 16, Blocks = 1, MaxLength = 10 }, options).Weights);
    });

    [Fact]
    public void An_item_that_nobody_touched_stands_among_those_of_its_category()
    {
        var (data, weights) = World.Value;
        var learner = new ContentLearner(Catalogue(item => $"kind {item / 15}"), 10, seed: 1, threads: 1);

        var ridge = learner.ChooseRidge(weights, data, CancellationToken.None);
        var map = learner.Fit(weights, data, ridge!.Value, CancellationToken.None);

        var embedding = new float[16];
        Assert.True(map.TryEmbed(new CatalogueItem { Id = "new", Title = "?", Categories = ["kind 2"] }, embedding));
        var nearest = Enumerable.Range(0, Items).OrderByDescending(item => Cosine(embedding, weights.ItemEmbedding(item).ToArray())).Take(10);
        Assert.All(nearest, item => Assert.Equal(2, item / 15));
    }

    [Fact]
    public void Labels_without_meaning_and_too_few_of_them_teach_nothing()
    {
        var (data, weights) = World.Value;

        // Every label stands for one item of each category.
        Assert.Null(new ContentLearner(Catalogue(item => $"shelf {item % 15}"), 10, seed: 1, threads: 1).ChooseRidge(weights, data, CancellationToken.None));
        Assert.Null(new ContentLearner([.. Catalogue(item => $"kind {item / 15}").Take(20), .. new CatalogueItem?[40]], 10, seed: 1, threads: 1)
            .ChooseRidge(weights, data, CancellationToken.None));
    }

    [Fact]
    public void An_item_moves_from_what_it_is_to_what_was_learned_as_evidence_grows()
    {
        var (data, weights) = World.Value;
        var learner = new ContentLearner(Catalogue(item => $"kind {item / 15}"), 10, seed: 1, threads: 1);
        var map = learner.Fit(weights, data, 1, CancellationToken.None);
        var (counts, content) = (ItemCounts.AllTime(data), new float[16]);
        map.TryEmbed(Catalogue(item => $"kind {item / 15}")[7]!, content);

        var blended = learner.Blended(weights, map, data, evidence: 10);

        var expected = ((counts[7] * weights.ItemEmbedding(7)[3]) + (10 * content[3])) / (counts[7] + 10);
        Assert.Equal(expected, blended.ItemEmbedding(7)[3], 1e-5f);
        Assert.Same(weights, learner.Blended(weights, map, data, evidence: 0));
    }

    [Fact]
    public void A_map_is_the_least_of_its_squares_and_ridge()
    {
        // The mean is 2. Label a has residuals -2 and 0, so (2 + ridge) r = -2; label b has 1 and 1, so (2 + ridge) r = 2.
        CatalogueItem?[] catalogue = [Item("0", "a"), Item("1", "a"), Item("2", "b"), Item("3", "b")];
        var design = ContentDesign.Of(catalogue, [0, 1, 2, 3]);

        var map = design.Fit([0, 2, 3, 3], [1, 1, 1, 1], ridge: 1, CancellationToken.None);

        var embedding = new float[1];
        map.TryEmbed(catalogue[0]!, embedding);
        Assert.Equal(2 - (2.0 / 3), embedding[0], 1e-4);
        map.TryEmbed(catalogue[2]!, embedding);
        Assert.Equal(2 + (2.0 / 3), embedding[0], 1e-4);
    }

    static CatalogueItem Item(string id, string category) => new() { Id = id, Title = "!", Categories = [category] };

    static CatalogueItem?[] Catalogue(Func<int, string> category) => [.. Enumerable.Range(0, Items).Select(item => Item($"{item}", category(item)))];

    static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
}
