using System.Numerics.Tensors;

namespace SasRec.Core.Model;

/// <summary>The item embeddings of a network in 8 bits: a quarter of the memory and of the time to read them, which is what scoring a large
/// catalogue takes.</summary>
/// <remarks>
/// Row i is <c>scale[i] * q[i]</c> with q in -127..127 and scale[i] = max |row i| / 127. The logit of item i after a state h moves by at
/// most <c>scale[i] / 2 * Σ|h|</c> (<see cref="MostError"/>). Where every logit moves by at most e, every propensity of a draw at
/// temperature T is multiplied by a number in exp(±2e / T). The rounded network is the one that draws, so what is logged is exact for it.
/// </remarks>
public sealed class RoundedItemTable
{
    /// <summary>Catalogues of this size and above are served rounded: none, because ONNX Runtime computes every output of a graph in every run,
    /// and one of them is the whole table. A million items took a second and 4.5 GB.</summary>
    public const int FromItems = int.MaxValue;

    const float MostValue = sbyte.MaxValue;

    // A row of zeros has a scale too.
    const float Smallest = 1e-30f;

    readonly int width;

    RoundedItemTable(int itemCount, int width)
    {
        this.width = width;
        (Values, Scales) = (new sbyte[(long)itemCount * width], new float[itemCount]);
    }

    /// <summary>[D, V]: q, a row for each dimension, as the product with a state reads it.</summary>
    public sbyte[] Values { get; }

    /// <summary>[V]: positive.</summary>
    public float[] Scales { get; }

    /// <summary>The table of a network that is large enough to be served rounded; null for any other.</summary>
    public static RoundedItemTable? ForServing(SasRecWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights.ItemCount >= FromItems ? Of(weights) : null;
    }

    /// <summary>Rounds the table of a network.</summary>
    public static RoundedItemTable Of(SasRecWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var table = new RoundedItemTable(weights.ItemCount, weights.Config.Width);
        for (var item = 0; item < weights.ItemCount; item++)
        {
            var row = weights.ItemEmbedding(item);
            var scale = MathF.Max(MathF.Abs(TensorPrimitives.MaxMagnitude(row)), Smallest) / MostValue;
            table.Scales[item] = scale;
            for (var d = 0; d < row.Length; d++)
            {
                table.Values[((long)d * weights.ItemCount) + item] = (sbyte)Math.Clamp(MathF.Round(row[d] / scale), -MostValue, MostValue);
            }
        }

        return table;
    }

    /// <summary>The network with this table in the place of its own.</summary>
    public SasRecWeights Applied(SasRecWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var rounded = weights.Copy();
        for (var item = 0; item < weights.ItemCount; item++)
        {
            var row = rounded.ItemEmbedding(item);
            for (var d = 0; d < width; d++)
            {
                row[d] = Scales[item] * Values[((long)d * Scales.Length) + item];
            }
        }

        return rounded;
    }

    /// <summary>The most by which the logit of an item moves.</summary>
    /// <param name="item">The item's index.</param>
    /// <param name="state">[D]: the network's state after the history.</param>
    public float MostError(int item, ReadOnlySpan<float> state) => Scales[item] / 2 * TensorPrimitives.SumOfMagnitudes(state);
}
