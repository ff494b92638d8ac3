using System.Numerics.Tensors;
using SasRec.Core.Items;

namespace SasRec.Core.Content;

/// <summary>From what the catalogue says of an item to its embedding: e = intercept + sum over its features of value times row.</summary>
/// <remarks>The rows are learned from the embeddings of items that people have acted on; so an item that nobody has touched stands among those
/// that it resembles.</remarks>
public sealed class ContentMap
{
    readonly Dictionary<uint, int> places;

    /// <summary>A map.</summary>
    /// <param name="hashes">[F]: of the features, each once.</param>
    /// <param name="rows">[F, D]: finite.</param>
    /// <param name="intercept">[D], finite, D at least 1.</param>
    /// <exception cref="ArgumentException">The lengths disagree, a hash stands twice, or a value is not finite.</exception>
    public ContentMap(uint[] hashes, float[] rows, float[] intercept)
    {
        ArgumentNullException.ThrowIfNull(hashes);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(intercept);
        if (intercept.Length == 0 || rows.Length != (long)hashes.Length * intercept.Length)
        {
            throw new ArgumentException($"{hashes.Length} features of width {intercept.Length} have {rows.Length} values.", nameof(rows));
        }

        if (!TensorPrimitives.IsFiniteAll<float>(rows) || !TensorPrimitives.IsFiniteAll<float>(intercept))
        {
            throw new ArgumentException("Every value of a content map must be finite.", nameof(rows));
        }

        (Hashes, Rows, Intercept) = (hashes, rows, intercept);
        places = new Dictionary<uint, int>(hashes.Length);
        for (var place = 0; place < hashes.Length; place++)
        {
            if (!places.TryAdd(hashes[place], place))
            {
                throw new ArgumentException($"The feature {hashes[place]} stands twice.", nameof(hashes));
            }
        }
    }

    /// <summary>D: the width of an embedding.</summary>
    public int Width => Intercept.Length;

    /// <summary>F: how many features it knows.</summary>
    public int FeatureCount => Hashes.Length;

    /// <summary>What it takes of memory, about.</summary>
    public long Bytes => sizeof(float) * ((long)Rows.Length + Intercept.Length + (5L * Hashes.Length));

    internal uint[] Hashes { get; }

    internal float[] Rows { get; }

    internal float[] Intercept { get; }

    /// <summary>The embedding of an item.</summary>
    /// <param name="item">What the catalogue says of it.</param>
    /// <param name="embedding">[D]: receives the embedding.</param>
    /// <returns>Whether any of its features is known; without one it receives the intercept, the mean of all items.</returns>
    public bool TryEmbed(CatalogueItem item, Span<float> embedding)
    {
        var known = false;
        Intercept.CopyTo(embedding);
        foreach (var feature in ContentFeatures.Of(item))
        {
            if (places.TryGetValue(feature.Hash, out var place))
            {
                known = true;
                TensorPrimitives.MultiplyAdd(Rows.AsSpan(place * Width, Width), feature.Value, embedding[..Width], embedding);
            }
        }

        return known;
    }
}
