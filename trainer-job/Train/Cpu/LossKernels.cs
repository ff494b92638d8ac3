using System.Runtime.CompilerServices;
using SasRec.Core.Model;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>The losses of <see cref="RankingLossReference"/> for one position, vectorised over the negatives.</summary>
/// <remarks>Scores at or below <see cref="Excluded"/> (padding, or a negative that is the target) take no part.</remarks>
static unsafe class LossKernels<V, S>
    where V : struct
    where S : struct, ISimd<V>
{
    /// <summary>The score that takes a negative out.</summary>
    public const float Excluded = -1e30f;

    // e^x is clamped, so an excluded score has the weight e^-87, which is nothing beside the largest, e^0.

    /// <summary>Replaces the scores by d loss / d score, times <paramref name="scale"/>, and returns the loss.</summary>
    /// <param name="loss">Which loss.</param>
    /// <param name="p">The positive's score.</param>
    /// <param name="n">[padded]: the negatives' scores; becomes their gradient.</param>
    /// <param name="padded">K, padded.</param>
    /// <param name="count">How many of them take part, at least 1.</param>
    /// <param name="beta">Of gBCE.</param>
    /// <param name="scale">What gradients are multiplied by.</param>
    /// <param name="scratch">[padded].</param>
    /// <param name="dp">d loss / d p, times <paramref name="scale"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Run(
        RankingLoss loss, float p, float* n, int padded, int count, float beta, float scale, float* scratch, out float dp) => loss switch
        {
            RankingLoss.Bpr => Bpr(p, n, padded, count, scale, out dp),
            RankingLoss.BprMax => BprMax(p, n, padded, scale, scratch, out dp),
            RankingLoss.BinaryCrossEntropy => Binary(p, n, padded, 1, 1f / count, scale, out dp),
            RankingLoss.GeneralizedBinaryCrossEntropy => Binary(p, n, padded, beta, 1, scale, out dp),
            _ => Softmax(p, n, padded, scale, out dp),
        };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Bpr(float p, float* n, int padded, int count, float scale, out float dp)
    {
        var (positive, one, factor, total, gradients) = (S.Set(-p), S.Set(1f), S.Set(scale / count), S.Zero, S.Zero);
        for (var j = 0; j < padded; j += S.Width)
        {
            // sigma(n - p) = e / (1 + e) with e = e^(n - p); the loss is log(1 + e).
            var e = RowKernels<V, S>.Exp(S.Min(S.Add(S.Load(n + j), positive), S.Set(80f)));
            var denominator = S.Add(one, e);
            total = S.Add(total, S.Log(denominator));
            var gradient = S.Multiply(S.Divide(e, denominator), factor);
            gradients = S.Add(gradients, gradient);
            S.Store(n + j, gradient);
        }

        dp = -S.Sum(gradients);
        return S.Sum(total) / count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float BprMax(float p, float* n, int padded, float scale, float* scratch, out float dp)
    {
        var most = Highest(n, padded);
        var (negativeMost, one) = (S.Set(-most), S.Set(1f));
        var ratio = S.Set(MathF.Exp(Math.Min(most - p, 80f)));
        var (total, weighted, slope) = (S.Zero, S.Zero, S.Zero);
        for (var j = 0; j < padded; j += S.Width)
        {
            // e = e^(n - most) is the weight before division by the total; sigma(p - n) = 1 / (1 + e^(n - p)), e^(n - p) = e e^(most - p).
            var e = RowKernels<V, S>.Exp(S.Add(S.Load(n + j), negativeMost));
            var sigma = S.Divide(one, S.Fma(e, ratio, one));
            var product = S.Multiply(e, sigma);
            total = S.Add(total, e);
            weighted = S.Add(weighted, product);
            var square = S.Multiply(sigma, sigma);
            slope = S.Add(slope, S.Subtract(product, S.Multiply(e, square)));
            S.Store(n + j, e);
            S.Store(scratch + j, square);
        }

        var sum = Math.Max(S.Sum(weighted), 1e-30f);
        var mean = sum / S.Sum(total);
        dp = -scale * S.Sum(slope) / sum;
        var (m, factor) = (S.Set(mean), S.Set(scale / sum));
        for (var j = 0; j < padded; j += S.Width)
        {
            S.Store(n + j, S.Multiply(S.Multiply(S.Load(n + j), factor), S.Subtract(m, S.Load(scratch + j))));
        }

        return -MathF.Log(mean);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Binary(float p, float* n, int padded, float beta, float weight, float scale, out float dp)
    {
        var (one, factor, total) = (S.Set(1f), S.Set(weight * scale), S.Zero);
        for (var j = 0; j < padded; j += S.Width)
        {
            var e = RowKernels<V, S>.Exp(S.Min(S.Load(n + j), S.Set(80f)));
            var denominator = S.Add(one, e);
            total = S.Add(total, S.Log(denominator));
            S.Store(n + j, S.Multiply(S.Divide(e, denominator), factor));
        }

        var miss = 1 / (1 + MathF.Exp(p));
        dp = -beta * miss * scale;
        return weight * S.Sum(total) + beta * (MathF.Log(1 + MathF.Exp(-Math.Abs(p))) + Math.Max(-p, 0));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static float Softmax(float p, float* n, int padded, float scale, out float dp)
    {
        var most = Math.Max(p, Highest(n, padded));
        var (negativeMost, sum) = (S.Set(-most), S.Zero);
        for (var j = 0; j < padded; j += S.Width)
        {
            var e = RowKernels<V, S>.Exp(S.Add(S.Load(n + j), negativeMost));
            sum = S.Add(sum, e);
            S.Store(n + j, e);
        }

        var positive = MathF.Exp(p - most);
        var total = S.Sum(sum) + positive;
        var factor = S.Set(scale / total);
        for (var j = 0; j < padded; j += S.Width)
        {
            S.Store(n + j, S.Multiply(S.Load(n + j), factor));
        }

        dp = scale * (positive / total - 1);
        return MathF.Log(total) + most - p;
    }

    static float Highest(float* n, int padded)
    {
        var most = S.Load(n);
        for (var j = S.Width; j < padded; j += S.Width)
        {
            most = S.Max(most, S.Load(n + j));
        }

        return S.Highest(most);
    }
}
