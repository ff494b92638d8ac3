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
    const double Steep = 1e6;

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
    public static double Exponent(float reference, float rate) => IsSteep(reference, rate) ? (double)reference * rate : reference * rate;

    /// <summary>Σ 2^(score * rate - exponent) over a block, and its maximum; negative infinity weighs 0.</summary>
    /// <param name="scores">[Size].</param>
    /// <param name="reference">Gives the exponent.</param>
    /// <param name="rate">log2(e) / temperature.</param>
    /// <param name="max">The block's maximum, where the sum is finite.</param>
    /// <returns>The sum, within 3e-6 of itself where the maximum lies within 40 powers of two of the reference; not finite if the block holds NaN or positive infinity, or the sum overflows.</returns>
    public static double Sum(ReadOnlySpan<float> scores, float reference, float rate, out float max)
    {
        if (!IsSteep(reference, rate))
        {
            return SumScaled(scores, rate, -(reference * rate), out max);
        }

        Span<float> shifted = stackalloc float[Size];
        Shift(scores, reference, shifted);
        max = Max(scores);
        return SumScaled(shifted, rate, 0, out _);
    }

    // Apart from Sum, whose buffer on the stack would keep the compiler from holding all of this in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    static double SumScaled(ReadOnlySpan<float> scores, float rate, float offset, out float max)
    {
        ref var first = ref Start(scores);
        var (scale, shift) = (Vector512.Create(rate), Vector512.Create(offset));
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
            sum0 += Exp2(Vector512.FusedMultiplyAdd(a, scale, shift));
            sum1 += Exp2(Vector512.FusedMultiplyAdd(b, scale, shift));
            sum2 += Exp2(Vector512.FusedMultiplyAdd(c, scale, shift));
            sum3 += Exp2(Vector512.FusedMultiplyAdd(d, scale, shift));
        }

        max = Greatest(Vector512.MaxNative(max0, max1));
        var (low, high) = Vector512.Widen((sum0 + sum1) + (sum2 + sum3));
        return Vector512.Sum(low + high);
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
    /// <param name="weights">[Size]: receives the exponentials.</param>
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
            WeighScaled(scores, rate, -(reference * rate), weights);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void WeighScaled(ReadOnlySpan<float> scores, float rate, float offset, Span<double> weights)
    {
        ref var first = ref Start(scores);
        ref var target = ref MemoryMarshal.GetReference(weights[..Size]);
        var (scale, shift) = (Vector512.Create(rate), Vector512.Create(offset));
        for (nuint i = 0; i < Size; i += Lanes)
        {
            var (low, high) = Vector512.Widen(Exp2(Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref first, i), scale, shift)));
            low.StoreUnsafe(ref target, i);
            high.StoreUnsafe(ref target, i + (Lanes / 2));
        }
    }

    /// <summary>2^y: 2^floor(y) times a polynomial of the fraction, the relative minimax of degree 5 (error 7.5e-8).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Exp2(Vector512<float> y)
    {
        if (Avx512DQ.IsSupported)
        {
            // Reduce with control 1 is y - floor(y), and 0 for an infinity; Scale is p * 2^floor(y).
            return Avx512F.Scale(FractionalPower(Avx512DQ.Reduce(y, 1)), y);
        }

        // Below 2^-126 the factor's bits are 0, from 2^128 on infinity. NaN passes through, as the second operand of each.
        y = Vector512.MinNative(Vector512.Create(128f), Vector512.MaxNative(Vector512.Create(-127f), y));
        var whole = Vector512.Floor(y);
        var factor = Vector512.ShiftLeft(Vector512.ConvertToInt32Native(whole) + Vector512.Create(127), 23).AsSingle();
        return FractionalPower(y - whole) * factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> FractionalPower(Vector512<float> f)
    {
        var p = Vector512.FusedMultiplyAdd(f, Vector512.Create(0.0018775766759798315f), Vector512.Create(0.008989340088493468f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(0.0558263180550749f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(0.24015361704373522f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(0.6931530732002434f));
        return Vector512.FusedMultiplyAdd(p, f, Vector512.Create(0.9999999250635269f));
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
        return MathF.Max(two[0], two[1]);
    }

    static ref float Start(ReadOnlySpan<float> block)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(block.Length, Size);
        return ref MemoryMarshal.GetReference(block);
    }
}
