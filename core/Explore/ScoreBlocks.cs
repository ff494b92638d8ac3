using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SasRec.Core.Explore;

/// <summary>What is done to a block of scores at once: its maximum and its sum of exponentials.</summary>
/// <remarks>
/// Always 16 lanes in the same order, whatever the hardware, so that a seed draws the same slate everywhere.
/// </remarks>
static class ScoreBlocks
{
    /// <summary>Scores in a block: small enough for the first-level cache, large enough that a million items are few blocks.</summary>
    public const int Size = 1024;

    const int Lanes = 16;

    // Beyond this many powers of two a reference is subtracted from the scores before they are scaled, where it would round too far.
    const double Steep = 1e5;

    // 1.5 x 2^19: a float of this size counts in sixteenths, so adding it rounds to sixteenths.
    const float Magic = 786_432;

    // What lies further below the reference, in powers of two, weighs as much as this: nothing beside the block's maximum.
    const float Floor = 120;

    // 2^r over |r| <= 1/32, relative error at most 6.9e-7, is Factor ((r + Centre)² + Rest). The centre is a whole number of sixteenths,
    // which costs a little accuracy and saves an operation.
    const float Centre = 1.4375f, Rest = 2.081033765695115f;
    const double Factor = 0.24111252163788505;

    // Factor 2^(i/16) as bits, less what AddPower adds to it.
    static readonly Vector512<int> Sixteenths = Vector512.Create(
        [.. Enumerable.Range(0, Lanes).Select(i => BitConverter.SingleToInt32Bits((float)(Factor * Math.Pow(2, i / 16.0))) - (i << 19))]);

    static readonly Vector512<int> LowerLanes = Vector512.Create([.. Enumerable.Range(0, Lanes).Select(i => 1 << i)]);
    static readonly Vector512<int> UpperLanes = LowerLanes << Lanes;

    /// <summary>The maximum of a block; NaN if it holds NaN or positive infinity.</summary>
    /// <param name="scores">[Size].</param>
    public static float Max(ReadOnlySpan<float> scores)
    {
        ref var first = ref Start(scores);
        var (max, other) = (Vector512.Create(float.NegativeInfinity), Vector512.Create(float.NegativeInfinity));
        var (valid, otherValid) = (Vector512<float>.AllBitsSet, Vector512<float>.AllBitsSet);
        var infinity = Vector512.Create(float.PositiveInfinity);
        for (nuint i = 0; i < Size; i += 2 * Lanes)
        {
            var a = Vector512.LoadUnsafe(ref first, i);
            var b = Vector512.LoadUnsafe(ref first, i + Lanes);
            max = Vector512.MaxNative(max, a);
            other = Vector512.MaxNative(other, b);
            valid &= Vector512.LessThan(a, infinity);
            otherValid &= Vector512.LessThan(b, infinity);
        }

        return (valid & otherValid).AsInt32() == Vector512<int>.AllBitsSet ? Greatest(Vector512.MaxNative(max, other)) : float.NaN;
    }

    /// <summary>What 1 in a sum or a weight stands for: 2 to this power.</summary>
    /// <param name="reference">The score near the block's maximum that weighs about 1.</param>
    /// <param name="rate">log2(e) / temperature.</param>
    public static double Exponent(float reference, float rate) =>
        IsSteep(reference, rate) ? (double)reference * rate : MathF.Round(reference * rate);

    /// <summary>Σ 2^(score * rate - exponent) over a block, and its maximum; negative infinity weighs 0.</summary>
    /// <param name="scores">[Size].</param>
    /// <param name="reference">Gives the exponent.</param>
    /// <param name="rate">log2(e) / temperature.</param>
    /// <param name="max">The block's maximum, where the sum is finite.</param>
    /// <returns>The sum, within 1.2e-6 of itself where the maximum lies within 40 powers of two of the reference; not finite if the block holds NaN or positive infinity.</returns>
    public static double Sum(ReadOnlySpan<float> scores, float reference, float rate, out float max)
    {
        if (!IsSteep(reference, rate))
        {
            return SumScaled(scores, rate, MathF.Round(reference * rate), out max);
        }

        Span<float> shifted = stackalloc float[Size];
        Shift(scores, reference, shifted);
        max = Max(scores);
        return SumScaled(shifted, rate, 0, out _);
    }

    /// <summary>The same over the items of a block whose bit is set, without a copy.</summary>
    /// <param name="scores">[Size].</param>
    /// <param name="mask">[Size / 64]: a bit an item.</param>
    /// <param name="reference">Gives the exponent, as long as it is not so great that scores have to be shifted.</param>
    /// <param name="rate">log2(e) / temperature.</param>
    /// <param name="max">Their maximum, where the sum is finite.</param>
    /// <returns>The sum; NaN where only a copy can be summed.</returns>
    public static double SumMasked(ReadOnlySpan<float> scores, ReadOnlySpan<ulong> mask, float reference, float rate, out float max)
    {
        max = float.NaN;
        return IsSteep(reference, rate) ? double.NaN : SumScaledMasked(scores, mask, rate, MathF.Round(reference * rate), out max);
    }

    // Apart from Sum, whose buffer on the stack would keep the compiler from holding all of this in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double SumScaled(ReadOnlySpan<float> scores, float rate, float exponent, out float max)
    {
        ref var first = ref Start(scores);
        var sixteenths = Sixteenths;
        var (scale, magic, lowest) = (Vector512.Create(rate), Vector512.Create(Magic - exponent), Vector512.Create((exponent - Floor) / rate));
        var (max0, max1) = (Vector512.Create(float.NegativeInfinity), Vector512.Create(float.NegativeInfinity));
        var (sum0, sum1, sum2, sum3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (nuint i = 0; i < Size; i += 4 * Lanes)
        {
            var a = Vector512.LoadUnsafe(ref first, i);
            var b = Vector512.LoadUnsafe(ref first, i + Lanes);
            var c = Vector512.LoadUnsafe(ref first, i + 2 * Lanes);
            var d = Vector512.LoadUnsafe(ref first, i + 3 * Lanes);
            max0 = Vector512.MaxNative(max0, Vector512.MaxNative(a, b));
            max1 = Vector512.MaxNative(max1, Vector512.MaxNative(c, d));
            sum0 = AddPower(sum0, a, scale, magic, lowest, sixteenths);
            sum1 = AddPower(sum1, b, scale, magic, lowest, sixteenths);
            sum2 = AddPower(sum2, c, scale, magic, lowest, sixteenths);
            sum3 = AddPower(sum3, d, scale, magic, lowest, sixteenths);
        }

        return Finish(Vector512.MaxNative(max0, max1), (sum0 + sum1) + (sum2 + sum3), out max);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static double SumScaledMasked(ReadOnlySpan<float> scores, ReadOnlySpan<ulong> mask, float rate, float exponent, out float max)
    {
        ref var first = ref Start(scores);
        ref var words = ref Unsafe.As<ulong, int>(ref MemoryMarshal.GetReference(mask[..(Size / 64)]));
        var (sixteenths, lower, upper) = (Sixteenths, LowerLanes, UpperLanes);
        var (scale, magic, lowest) = (Vector512.Create(rate), Vector512.Create(Magic - exponent), Vector512.Create((exponent - Floor) / rate));
        var nothing = Vector512.Create(float.NegativeInfinity);
        var (max0, max1) = (nothing, nothing);
        var (sum0, sum1) = (Vector512<float>.Zero, Vector512<float>.Zero);
        for (nuint i = 0; i < Size; i += 2 * Lanes)
        {
            var bits = Vector512.Create(Unsafe.Add(ref words, i / (2 * Lanes)));
            var a = Vector512.ConditionalSelect(Vector512.Equals(bits & lower, lower).AsSingle(), Vector512.LoadUnsafe(ref first, i), nothing);
            var b = Vector512.ConditionalSelect(Vector512.Equals(bits & upper, upper).AsSingle(), Vector512.LoadUnsafe(ref first, i + Lanes), nothing);
            max0 = Vector512.MaxNative(max0, a);
            max1 = Vector512.MaxNative(max1, b);
            sum0 = AddPower(sum0, a, scale, magic, lowest, sixteenths);
            sum1 = AddPower(sum1, b, scale, magic, lowest, sixteenths);
        }

        return Finish(Vector512.MaxNative(max0, max1), sum0 + sum1, out max);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static double Finish(Vector512<float> maxima, Vector512<float> sums, out float max)
    {
        max = Greatest(maxima);
        var (low, high) = Vector512.Widen(sums);
        var sum = Vector512.Sum(low + high);
        return float.IsNegativeInfinity(max) && double.IsFinite(sum) ? 0 : sum;
    }

    /// <summary>The sum of any number of values, always in the same order.</summary>
    public static double Total(ReadOnlySpan<double> values)
    {
        var (sum, i) = (Vector512<double>.Zero, 0);
        for (; i <= values.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            sum += Vector512.Create(values[i..]);
        }

        var total = Vector512.Sum(sum);
        for (; i < values.Length; i++)
        {
            total += values[i];
        }

        return total;
    }

    /// <summary>2^(score * rate - exponent) for each score of a block.</summary>
    /// <param name="scores">[Size].</param>
    /// <param name="reference">Gives the exponent.</param>
    /// <param name="rate">log2(e) / temperature.</param>
    /// <param name="weights">[Size]: receives the exponentials; 0 for negative infinity and for what is too low to count.</param>
    public static void Weigh(ReadOnlySpan<float> scores, float reference, float rate, Span<double> weights)
    {
        if (IsSteep(reference, rate))
        {
            Span<float> shifted = stackalloc float[Size];
            Shift(scores, reference, shifted);
            WeighScaled(shifted, rate, 0, weights);
        }
        else
        {
            WeighScaled(scores, rate, MathF.Round(reference * rate), weights);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void WeighScaled(ReadOnlySpan<float> scores, float rate, float exponent, Span<double> weights)
    {
        ref var first = ref Start(scores);
        ref var target = ref MemoryMarshal.GetReference(weights[..Size]);
        var (scale, magic, lowest) = (Vector512.Create(rate), Vector512.Create(Magic - exponent), Vector512.Create((exponent - Floor) / rate));
        for (nuint i = 0; i < Size; i += Lanes)
        {
            var score = Vector512.LoadUnsafe(ref first, i);
            var power = AddPower(Vector512<float>.Zero, score, scale, magic, lowest, Sixteenths);
            var (low, high) = Vector512.Widen(power & Vector512.GreaterThan(score, lowest));
            low.StoreUnsafe(ref target, i);
            high.StoreUnsafe(ref target, i + (Lanes / 2));
        }
    }

    /// <summary>The sum and 2^(score * rate - exponent). NaN passes the comparison as its second operand, and infinity becomes NaN.</summary>
    /// <remarks>
    /// What does not change comes from outside, each in a register: packed into a struct it would lie on the stack. The power to the
    /// nearest sixteenth stands in the last bits of a float: four bits choose from the table, those above are the exponent.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> AddPower(
        Vector512<float> sum,
        Vector512<float> score,
        Vector512<float> scale,
        Vector512<float> magic,
        Vector512<float> lowest,
        Vector512<int> sixteenths)
    {
        score = Vector512.MaxNative(lowest, score);
        var nearest = Vector512.FusedMultiplyAdd(score, scale, magic);
        var remainder = Vector512.FusedMultiplyAdd(score, scale, (magic + Vector512.Create(Centre)) - nearest);
        var bits = nearest.AsInt32();
        var sixteenth = Avx512F.IsSupported
            ? Avx512F.PermuteVar16x32(sixteenths, bits)
            : Vector512.Shuffle(sixteenths, bits & Vector512.Create(Lanes - 1));
        var factor = (sixteenth + Vector512.ShiftLeft(bits, 19)).AsSingle();
        return Vector512.FusedMultiplyAdd(factor, Vector512.FusedMultiplyAdd(remainder, remainder, Vector512.Create(Rest)), sum);
    }

    static bool IsSteep(float reference, float rate) => Math.Abs((double)reference * rate) > Steep;

    static void Shift(ReadOnlySpan<float> scores, float reference, Span<float> shifted)
    {
        for (var i = 0; i < scores.Length; i++)
        {
            shifted[i] = scores[i] - reference;
        }
    }

    static float Greatest(Vector512<float> v)
    {
        var eight = Vector256.MaxNative(v.GetLower(), v.GetUpper());
        var four = Vector128.MaxNative(eight.GetLower(), eight.GetUpper());
        var two = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return two[0] > two[1] ? two[0] : two[1];
    }

    static ref float Start(ReadOnlySpan<float> block)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(block.Length, Size);
        return ref MemoryMarshal.GetReference(block);
    }
}
