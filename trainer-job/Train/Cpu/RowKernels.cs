using System.Runtime.CompilerServices;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Kernels over rows of W padded columns: layer norm, dropout, sums.</summary>
static unsafe class RowKernels<V, S>
    where V : struct
    where S : struct, ISimd<V>
{
    const float LayerNormEpsilon = 1e-8f;

    /// <summary>e^x to about 1 ulp for -87 &lt; x &lt; 88; clamped outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp(V x)
    {
        // e^x = 2^n e^r with |r| <= ln(2) / 2; adding 1.5 x 2^23 rounds to the integer n and leaves it in the low bits.
        var magic = S.Set(12_582_912f);
        x = S.Max(S.Min(x, S.Set(88f)), S.Set(-87f));
        var shifted = S.Fma(x, S.Set(1.44269504f), magic);
        var n = S.Subtract(shifted, magic);
        var r = S.Fma(n, S.Set(-0.693359375f), x);
        r = S.Fma(n, S.Set(2.12194440e-4f), r);
        var p = S.Fma(S.Set(1.9875691500e-4f), r, S.Set(1.3981999507e-3f));
        p = S.Fma(p, r, S.Set(8.3334519073e-3f));
        p = S.Fma(p, r, S.Set(4.1665795894e-2f));
        p = S.Fma(p, r, S.Set(1.6666665459e-1f));
        p = S.Fma(p, r, S.Set(5.0000001201e-1f));
        p = S.Add(S.Fma(p, S.Multiply(r, r), r), S.Set(1f));
        return S.ScaleByPower(p, shifted);
    }

    /// <summary>y = (x - mean) / sqrt(variance + epsilon) scale + shift, over the columns that are no padding.</summary>
    /// <param name="rows">Rows of x and y.</param>
    /// <param name="width">W.</param>
    /// <param name="columns">D, the columns that count.</param>
    /// <param name="x">[rows, W], 0 in the padding.</param>
    /// <param name="scale">[W], 0 in the padding.</param>
    /// <param name="shift">[W], 0 in the padding.</param>
    /// <param name="y">[rows, W].</param>
    /// <param name="moments">[rows, 2]: mean and 1 / sqrt(variance + epsilon), for backward.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LayerNorm(int rows, int width, int columns, float* x, float* scale, float* shift, float* y, float* moments)
    {
        for (var i = 0; i < rows; i++, x += width, y += width, moments += 2)
        {
            var sum = S.Zero;
            for (var j = 0; j < width; j += S.Width)
            {
                sum = S.Add(sum, S.Load(x + j));
            }

            var mean = S.Sum(sum) / columns;
            var (negativeMean, squares) = (S.Set(-mean), S.Zero);
            for (var j = 0; j < width; j += S.Width)
            {
                var centred = S.Add(S.Load(x + j), negativeMean);
                squares = S.Fma(centred, centred, squares);
            }

            // Each padding column has added mean^2.
            var variance = Math.Max(0, S.Sum(squares) - (width - columns) * mean * mean) / columns;
            var inverse = 1 / MathF.Sqrt(variance + LayerNormEpsilon);
            (moments[0], moments[1]) = (mean, inverse);
            var factor = S.Set(inverse);
            for (var j = 0; j < width; j += S.Width)
            {
                var normal = S.Multiply(S.Add(S.Load(x + j), negativeMean), factor);
                S.Store(y + j, S.Fma(normal, S.Load(scale + j), S.Load(shift + j)));
            }
        }
    }

    /// <summary>dx (+)= the gradient of layer norm for dy, and the gradients of scale and shift are added up.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="width">W.</param>
    /// <param name="columns">D.</param>
    /// <param name="x">[rows, W]: what was normalised.</param>
    /// <param name="moments">[rows, 2].</param>
    /// <param name="scale">[W].</param>
    /// <param name="mask">[W]: 1, or 0 in the padding.</param>
    /// <param name="dy">[rows, W], 0 in the padding.</param>
    /// <param name="dScale">[W], added to.</param>
    /// <param name="dShift">[W], added to.</param>
    /// <param name="dx">[rows, W]; may be <paramref name="dy"/>.</param>
    /// <param name="accumulate">Whether to add to dx instead of replacing it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void LayerNormBackward(
        int rows, int width, int columns, float* x, float* moments, float* scale, float* mask, float* dy, float* dScale, float* dShift,
        float* dx, bool accumulate)
    {
        for (var i = 0; i < rows; i++, x += width, dy += width, dx += width, moments += 2)
        {
            var (negativeMean, inverse) = (S.Set(-moments[0]), S.Set(moments[1]));
            var (sum, sumNormal) = (S.Zero, S.Zero);
            for (var j = 0; j < width; j += S.Width)
            {
                var gradient = S.Load(dy + j);
                var normal = S.Multiply(S.Add(S.Load(x + j), negativeMean), inverse);
                S.Store(dScale + j, S.Fma(gradient, normal, S.Load(dScale + j)));
                S.Store(dShift + j, S.Add(S.Load(dShift + j), gradient));
                var scaled = S.Multiply(gradient, S.Load(scale + j));
                sum = S.Add(sum, scaled);
                sumNormal = S.Fma(scaled, normal, sumNormal);
            }

            var (mean, slope) = (S.Set(S.Sum(sum) / columns), S.Set(S.Sum(sumNormal) / columns));
            for (var j = 0; j < width; j += S.Width)
            {
                var normal = S.Multiply(S.Add(S.Load(x + j), negativeMean), inverse);
                var scaled = S.Multiply(S.Load(dy + j), S.Load(scale + j));
                var gradient = S.Subtract(S.Subtract(scaled, mean), S.Multiply(normal, slope));
                gradient = S.Multiply(S.Multiply(gradient, inverse), S.Load(mask + j));
                S.Store(dx + j, accumulate ? S.Add(gradient, S.Load(dx + j)) : gradient);
            }
        }
    }

    /// <summary>sum [W] += the rows of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRows(int rows, int width, float* x, float* sum)
    {
        for (var j = 0; j < width; j += S.Width)
        {
            var total = S.Load(sum + j);
            for (var i = 0; i < rows; i++)
            {
                total = S.Add(total, S.Load(x + i * width + j));
            }

            S.Store(sum + j, total);
        }
    }

    /// <summary>y += factor x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(int width, float factor, float* x, float* y)
    {
        var f = S.Set(factor);
        for (var j = 0; j < width; j += S.Width)
        {
            S.Store(y + j, S.Fma(f, S.Load(x + j), S.Load(y + j)));
        }
    }

    /// <summary>x y, summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(int width, float* x, float* y)
    {
        var sum = S.Zero;
        for (var j = 0; j < width; j += S.Width)
        {
            sum = S.Fma(S.Load(x + j), S.Load(y + j), sum);
        }

        return S.Sum(sum);
    }

    /// <summary>y = factor x where the dropout keeps it, else 0; threshold 0 keeps all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Drop(int width, float* x, float* y, float factor, uint rowKey, uint threshold)
    {
        var f = S.Set(factor);
        for (var j = 0; j < width; j += S.Width)
        {
            S.Store(y + j, S.WhereKept(S.Multiply(S.Load(x + j), f), rowKey, j, threshold));
        }
    }

    /// <summary>x = factor x where <paramref name="test"/> &gt; 0, else 0: backward through relu and the dropout after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MaskByPositive(long length, float* test, float* x, float factor)
    {
        var f = S.Set(factor);
        for (long j = 0; j < length; j += S.Width)
        {
            S.Store(x + j, S.WherePositive(S.Load(test + j), S.Multiply(S.Load(x + j), f)));
        }
    }
}
