using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SasRec.Core.Model;

/// <summary>The item embeddings of a network in 8 bits: a quarter of the memory, and of the time to read it, which is what scoring a large
/// catalogue takes.</summary>
/// <remarks>
/// <para>Row i is scale(i) q(i), q in -127..127, scale(i) = max |row i| / 127. A state h is rounded to r: step times whole numbers. The logit
/// is scale(i) step Σ q r + bias(i); the sum is one of whole numbers, so it is the same on every processor.</para>
/// <para>A logit differs from that of the exact table by at most <see cref="MaxError"/>. Where every logit differs by at most e, every
/// propensity of a draw at temperature T is that of the exact network times a number in exp(±2e / T). The rounded network is the one that
/// draws, so what is logged of a draw is exact.</para>
/// </remarks>
public sealed class RoundedItemTable
{
    /// <summary>Catalogues of this size and above are served rounded.</summary>
    public const int FromItems = 200_000;

    /// <summary>Items that stand together: for each pair of dimensions, the pairs of so many items.</summary>
    internal const int Block = 16;

    const float MaxValue = sbyte.MaxValue;

    // Of a row of zeros: any that divides.
    const float MinScale = 1e-30f;

    readonly sbyte[] values; // [ceil(V / Block), ceil(D / 2), Block, 2]
    readonly float[] scales; // [V]: above 0
    readonly float[]? bias; // [V]
    readonly float[] norms; // [V]: length of the row in units of its scale
    readonly int pairs;

    internal RoundedItemTable(int width, sbyte[] values, float[] scales, float[]? bias)
    {
        (Width, pairs, this.values, this.scales, this.bias) = (width, (width + 1) / 2, values, scales, bias);
        norms = new float[scales.Length];
        var row = new float[width];
        for (var item = 0; item < norms.Length; item++)
        {
            Whole(item, row);
            norms[item] = MathF.Max(TensorPrimitives.Norm(row), 1);
        }
    }

    /// <summary>V.</summary>
    public int ItemCount => scales.Length;

    /// <summary>D.</summary>
    public int Width { get; }

    /// <summary>What it takes of memory.</summary>
    public long Bytes => values.Length + (((long)scales.Length + norms.Length + (bias?.Length ?? 0)) * sizeof(float));

    internal ReadOnlySpan<sbyte> Values => values;

    internal ReadOnlySpan<float> Scales => scales;

    internal ReadOnlySpan<float> Bias => bias;

    // A sum of D products of whole numbers has to fit 32 bits.
    float MaxState => Math.Min(short.MaxValue, int.MaxValue / ((int)MaxValue * Width));

    /// <summary>Rounds the table of a network.</summary>
    public static RoundedItemTable Of(SasRecWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var (items, width) = (weights.ItemCount, weights.Config.Width);
        var (values, scales) = (new sbyte[Length(items, width)], new float[items]);
        for (var item = 0; item < items; item++)
        {
            var row = weights.ItemEmbedding(item);
            var scale = MathF.Max(MathF.Abs(TensorPrimitives.MaxMagnitude<float>(row)), MinScale * MaxValue) / MaxValue;
            scales[item] = scale;
            for (var d = 0; d < width; d++)
            {
                values[At(item, d, (width + 1) / 2)] = (sbyte)Math.Clamp(MathF.Round(row[d] / scale), -MaxValue, MaxValue);
            }
        }

        return new RoundedItemTable(width, values, scales, weights.ItemBias?.ToArray());
    }

    /// <summary>How many values a table has.</summary>
    internal static int Length(int items, int width) => checked((items + Block - 1) / Block * Block * ((width + 1) / 2) * 2);

    /// <summary>An item's embedding, as it is rounded.</summary>
    /// <param name="item">0 to V - 1.</param>
    /// <param name="embedding">[D]: receives it.</param>
    public void Embedding(int item, Span<float> embedding)
    {
        Whole(item, embedding[..Width]);
        TensorPrimitives.Multiply(embedding[..Width], scales[item], embedding);
    }

    /// <summary>The logit of every item after a state.</summary>
    /// <param name="state">[D].</param>
    /// <param name="scores">[V]: receives the logits; NaN where the state is not finite.</param>
    public void Score(ReadOnlySpan<float> state, Span<float> scores)
    {
        var step = Product(state, scores);
        TensorPrimitives.Multiply(scores[..ItemCount], scales, scores);
        if (bias is null)
        {
            TensorPrimitives.Multiply(scores[..ItemCount], step, scores);
        }
        else
        {
            TensorPrimitives.MultiplyAdd(scores[..ItemCount], step, bias, scores);
        }
    }

    /// <summary>The cosine between a direction and every item's embedding.</summary>
    /// <param name="direction">[D], of length 1.</param>
    /// <param name="cosines">[V]: receives -1 to 1; 0 for an embedding of nothing but zeros.</param>
    public void Cosines(ReadOnlySpan<float> direction, Span<float> cosines)
    {
        var step = Product(direction, cosines);
        TensorPrimitives.Divide(cosines[..ItemCount], norms, cosines);
        TensorPrimitives.Multiply(cosines[..ItemCount], step, cosines);
    }

    /// <summary>The most by which the logit of an item may differ from that of the exact table: scale (Σ|h| / 2 + step D 127 / 2).</summary>
    /// <param name="item">0 to V - 1.</param>
    /// <param name="state">[D]: h.</param>
    public float MaxError(int item, ReadOnlySpan<float> state) =>
        scales[item] / 2 * (TensorPrimitives.SumOfMagnitudes(state) + (Step(state) * Width * MaxValue));

    static int At(int item, int dimension, int pairs) =>
        (((((item / Block) * pairs) + (dimension / 2)) * Block) + (item % Block)) * 2 + (dimension % 2);

    void Whole(int item, Span<float> row)
    {
        for (var d = 0; d < Width; d++)
        {
            row[d] = values[At(item, d, pairs)];
        }
    }

    float Step(ReadOnlySpan<float> state) => MathF.Abs(TensorPrimitives.MaxMagnitude(state)) / MaxState;

    /// <summary>Σ q r for every item, and the step of r; a step that is not finite is told as it is.</summary>
    float Product(ReadOnlySpan<float> state, Span<float> sums)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(state.Length, Width);
        ArgumentOutOfRangeException.ThrowIfLessThan(sums.Length, ItemCount);
        var step = Step(state);
        Span<short> rounded = stackalloc short[pairs * 2];
        rounded.Clear();
        for (var d = 0; d < Width && step > 0 && float.IsFinite(step); d++)
        {
            rounded[d] = (short)MathF.Round(state[d] / step);
        }

        var whole = ItemCount / Block;
        var pairsOf = MemoryMarshal.Cast<short, int>(rounded);
        if (Avx2.IsSupported)
        {
            Multiply(pairsOf, sums, whole);
        }
        else
        {
            MultiplyScalar(rounded, sums, 0, whole * Block);
        }

        MultiplyScalar(rounded, sums, whole * Block, ItemCount);
        return float.IsFinite(step) ? step : float.NaN;
    }

    /// <summary>Sixteen items at a time: a product of 16-bit numbers and the sum of two of them is one instruction.</summary>
    void Multiply(ReadOnlySpan<int> state, Span<float> sums, int blocks)
    {
        ref var value = ref MemoryMarshal.GetArrayDataReference(values);
        ref var sum = ref MemoryMarshal.GetReference(sums);
        for (var block = 0; block < blocks; block++)
        {
            var (low, high) = (Vector256<int>.Zero, Vector256<int>.Zero);
            for (var pair = 0; pair < state.Length; pair++)
            {
                var both = Vector256.Create(state[pair]).AsInt16();
                low += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref value)), both);
                high += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.LoadUnsafe(ref value, Block)), both);
                value = ref Unsafe.Add(ref value, 2 * Block);
            }

            Vector256.ConvertToSingle(low).StoreUnsafe(ref sum, (nuint)(block * Block));
            Vector256.ConvertToSingle(high).StoreUnsafe(ref sum, (nuint)((block * Block) + (Block / 2)));
        }
    }

    void MultiplyScalar(ReadOnlySpan<short> state, Span<float> sums, int first, int end)
    {
        for (var item = first; item < end; item++)
        {
            var sum = 0;
            for (var d = 0; d < Width; d++)
            {
                sum += state[d] * values[At(item, d, pairs)];
            }

            sums[item] = sum;
        }
    }
}
