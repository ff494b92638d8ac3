using System.Numerics.Tensors;
using SasRec.Core.Content;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Items;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Evaluate;

namespace SasRec.Trainer.Content;

/// <summary>How the catalogue's words are used, as validation chose it.</summary>
/// <param name="Ridge">The ridge of the map.</param>
/// <param name="Evidence">An item with n actions is placed at (n learned + Evidence by content) / (n + Evidence); 0 leaves what was learned.</param>
sealed record ContentChoice(double Ridge, double Evidence);

/// <summary>Learns from trained items where the catalogue's words place an item that few or none have acted on.</summary>
/// <param name="catalogue">[V]: what the catalogue says of each item; null where it says nothing.</param>
/// <param name="k">NDCG@k decides.</param>
/// <param name="seed">Of the draw of items.</param>
/// <param name="threads">0 for one a core.</param>
sealed class ContentLearner(IReadOnlyList<CatalogueItem?> catalogue, int k, ulong seed, int threads)
{
    /// <summary>The fewest described items from which a map is learned.</summary>
    public const int MinItems = 25;

    /// <summary>An item with so many actions counts half as much as one with very many: its embedding is half as sure.</summary>
    const float HalfSure = 5;

    const int MaxCases = 2_000;

    static readonly double[] Ridges = [0.3, 1, 3, 10, 30, 100];
    static readonly double[] Evidences = [1, 3, 10, 30];

    /// <summary>What the catalogue says of the items of a vocabulary.</summary>
    /// <param name="items">The vocabulary.</param>
    /// <param name="described">The catalogue, each id once.</param>
    public static CatalogueItem?[] Of(ItemVocabulary items, IEnumerable<CatalogueItem> described)
    {
        var byId = described.ToDictionary(item => item.Id, StringComparer.Ordinal);
        return [.. items.Ids.Select(byId.GetValueOrDefault)];
    }

    /// <summary>Ridge and evidence by validation; null where content ranks items without actions less than one standard error better than
    /// chance.</summary>
    /// <param name="strict">A network that was trained on the split's training data.</param>
    /// <param name="neighbours">Counts of the same data that are added to its scores; null for none.</param>
    /// <param name="split">The data.</param>
    /// <param name="cancellation">Ends it.</param>
    public ContentChoice? Choose(SasRecWeights strict, ItemNeighbours? neighbours, LeaveOneOut split, CancellationToken cancellation) =>
        ChooseRidge(strict, split.Train, cancellation) is { } ridge
            ? new ContentChoice(ridge, ChooseEvidence(strict, Fit(strict, split.Train, ridge, cancellation), neighbours, split, cancellation))
            : null;

    /// <summary>The ridge that ranks a fifth of the items best as if nobody had acted on them; null as for <see cref="Choose"/>.</summary>
    /// <param name="weights">The trained network.</param>
    /// <param name="train">What it was trained on.</param>
    /// <param name="cancellation">Ends it.</param>
    public double? ChooseRidge(SasRecWeights weights, SequenceDataset train, CancellationToken cancellation)
    {
        var counts = ItemCounts.AllTime(train);
        var described = Described(counts);
        if (described.Length < MinItems)
        {
            return null;
        }

        var drawn = ColdItemCases.DrawFifth(train.ItemCount, seed);
        bool[] cold = [.. drawn.Select((isDrawn, item) => isDrawn && counts[item] > 0 && catalogue[item] is not null)];
        var cases = ColdItemCases.Of(train, cold, MaxCases);
        if (cases.Count == 0)
        {
            return null;
        }

        var chance = cases.Ndcg(new ChanceScorer(train.ItemCount, seed), k, cancellation);
        var known = ContentDesign.Of(catalogue, described.Where(item => !cold[item]));
        var found = Ridges.Select(ridge =>
        {
            var map = Fit(known, weights, counts, ridge, cancellation);
            using var scorer = new ModelScorer(Placed(weights, map, cases.Items), threads);
            return (Ridge: ridge, Ndcg: cases.Ndcg(scorer, k, cancellation));
        }).MaxBy(one => one.Ndcg.Average());
        return IsSure(found.Ndcg, chance) ? found.Ridge : null;
    }

    /// <summary>The map of a network's items.</summary>
    /// <param name="weights">The trained network.</param>
    /// <param name="train">What it was trained on.</param>
    /// <param name="ridge">The ridge.</param>
    /// <param name="cancellation">Ends it.</param>
    public ContentMap Fit(SasRecWeights weights, SequenceDataset train, double ridge, CancellationToken cancellation)
    {
        var counts = ItemCounts.AllTime(train);
        return Fit(ContentDesign.Of(catalogue, Described(counts)), weights, counts, ridge, cancellation);
    }

    /// <summary>The network with the embeddings of some items replaced by what the catalogue says of them.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="map">The map.</param>
    /// <param name="items">Which items.</param>
    public SasRecWeights Placed(SasRecWeights weights, ContentMap map, IEnumerable<int> items)
    {
        var placed = weights.Copy();
        foreach (var item in items)
        {
            if (catalogue[item] is { } described)
            {
                map.TryEmbed(described, placed.ItemEmbedding(item));
            }
        }

        return placed;
    }

    /// <summary>The network with every described item between what was learned of it and what the catalogue says, by how much is known.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="map">The map.</param>
    /// <param name="train">What the network was trained on.</param>
    /// <param name="evidence">As in <see cref="ContentChoice"/>.</param>
    public SasRecWeights Blended(SasRecWeights weights, ContentMap map, SequenceDataset train, double evidence)
    {
        if (evidence == 0)
        {
            return weights;
        }

        var (blended, counts, content) = (weights.Copy(), ItemCounts.AllTime(train), new float[map.Width]);
        for (var item = 0; item < counts.Length; item++)
        {
            if (catalogue[item] is { } described && map.TryEmbed(described, content))
            {
                var own = blended.ItemEmbedding(item);
                TensorPrimitives.Lerp(own, content, (float)(evidence / (counts[item] + evidence)), own);
            }
        }

        return blended;
    }

    double ChooseEvidence(
        SasRecWeights strict, ContentMap map, ItemNeighbours? neighbours, LeaveOneOut split, CancellationToken cancellation)
    {
        var step = (split.Validation.Count + HoldOut.MaxValidationCases - 1) / HoldOut.MaxValidationCases;
        var asked = step <= 1 ? split.Validation : split.Validation.Where(i => i % step == 0);
        var learned = Ndcg(strict);
        var best = Evidences.Select(evidence => (Evidence: evidence, Ndcg: Ndcg(Blended(strict, map, split.Train, evidence))))
            .MaxBy(one => one.Ndcg.DefaultIfEmpty(0).Average());
        return IsSure(best.Ndcg, learned) ? best.Evidence : 0;

        double[] Ndcg(SasRecWeights weights)
        {
            using var scorer = new ModelScorer(weights, threads, neighbours);
            return RankingEvaluator.Evaluate(
                scorer, asked, new RankingOptions { Cutoffs = [k], SampledNegatives = 0 }, null, cancellation).NdcgByCase;
        }
    }

    /// <summary>Whether one is at least a standard error of the paired difference better than another.</summary>
    static bool IsSure(double[] one, double[] other)
    {
        double[] gains = [.. one.Zip(other, (a, b) => a - b)];
        var gain = gains.DefaultIfEmpty(0).Average();
        return gain > 0 && gain * gain * gains.Length > gains.Average(own => (own - gain) * (own - gain));
    }

    int[] Described(int[] counts) => [.. Enumerable.Range(0, counts.Length).Where(item => catalogue[item] is not null && counts[item] > 0)];

    static ContentMap Fit(ContentDesign design, SasRecWeights weights, int[] counts, double ridge, CancellationToken cancellation)
    {
        var width = weights.Config.Width;
        var targets = new float[design.Items.Count * width];
        for (var row = 0; row < design.Items.Count; row++)
        {
            weights.ItemEmbedding(design.Items[row]).CopyTo(targets.AsSpan(row * width));
        }

        return design.Fit(targets, [.. design.Items.Select(item => counts[item] / (counts[item] + HalfSure))], ridge, cancellation);
    }
}
