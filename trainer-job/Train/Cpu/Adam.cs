using System.Runtime.CompilerServices;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Adam (Kingma and Ba, 2015), dense over the weights that every step touches and lazy over item embeddings.</summary>
/// <remarks>
/// Dense Adam moves a row that a step does not touch by the momentum it still has. Here those moves are made up for when the row is next
/// touched, all n of them at once: m and v decay by beta^n, and the sum of the moves is
/// -rate m / (sqrt(v) + epsilon) sum_{i=1..n} rho^i c(s + i) with rho = beta1 / sqrt(beta2) and c the bias correction of step s + i.
/// This is dense Adam but for the epsilon, which should not grow relative to the decaying root; 1e-8 is far below any root that matters.
/// </remarks>
sealed unsafe class Adam
{
    const int History = 128;

    readonly TrainingOptions options;
    readonly float[] moveSums = new float[History];
    readonly double[] corrections = new double[History];
    readonly float[] decays1 = new float[History];
    readonly float[] decays2 = new float[History];
    readonly double ratio;

    /// <summary>The rate of this step with both bias corrections.</summary>
    float stepSize;

    /// <summary>The epsilon of this step: the root to which it is added has its bias correction in <see cref="stepSize"/>.</summary>
    float epsilon;

    public Adam(TrainingOptions options)
    {
        this.options = options;
        ratio = options.Beta1 / Math.Sqrt(options.Beta2);
        for (var n = 0; n < History; n++)
        {
            (decays1[n], decays2[n]) = ((float)Math.Pow(options.Beta1, n), (float)Math.Pow(options.Beta2, n));
        }
    }

    /// <summary>Prepares a step, 1 for the first.</summary>
    public void Begin(long step)
    {
        stepSize = (float)(options.LearningRate * Correction(step));
        epsilon = (float)(options.Epsilon * Math.Sqrt(1 - Math.Pow(options.Beta2, step)));

        // moveSums[n] = sum_{i=1..n} ratio^i c(step - 1 - n + i), for a row that was last touched n + 1 steps ago.
        for (var back = 0; back < History; back++)
        {
            corrections[back] = step - 1 - back > 0 ? Correction(step - 1 - back) : 0;
        }

        for (var n = 0; n < History; n++)
        {
            double sum = 0, power = 1;
            for (var i = 1; i <= n; i++)
            {
                power *= ratio;
                sum += power * corrections[n - i];
            }

            moveSums[n] = (float)(options.LearningRate * sum);
        }
    }

    /// <summary>The moves that a row has missed when it was last touched <paramref name="missed"/> + 1 steps ago.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CatchUp<V, S>(int width, long missed, float* weights, float* m, float* v)
        where V : struct
        where S : struct, ISimd<V>
    {
        // After so many steps no momentum is left to move anything.
        var moves = S.Set(-moveSums[Math.Min(missed, History - 1)]);
        var (decay1, decay2) = missed < History
            ? (S.Set(decays1[missed]), S.Set(decays2[missed]))
            : (S.Set((float)Math.Pow(options.Beta1, missed)), S.Set((float)Math.Pow(options.Beta2, missed)));
        var floor = S.Set(epsilon);
        for (var j = 0; j < width; j += S.Width)
        {
            var (first, second) = (S.Load(m + j), S.Load(v + j));
            var direction = S.Divide(first, S.Add(S.Sqrt(second), floor));
            S.Store(weights + j, S.Fma(direction, moves, S.Load(weights + j)));
            S.Store(m + j, S.Multiply(first, decay1));
            S.Store(v + j, S.Multiply(second, decay2));
        }
    }

    /// <summary>One step for <paramref name="length"/> weights, a multiple of <see cref="Lanes.Multiple"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Update<V, S>(long length, float* gradient, float* weights, float* m, float* v)
        where V : struct
        where S : struct, ISimd<V>
    {
        var (beta1, rest1) = (S.Set((float)options.Beta1), S.Set((float)(1 - options.Beta1)));
        var (beta2, rest2) = (S.Set((float)options.Beta2), S.Set((float)(1 - options.Beta2)));
        var (size, floor) = (S.Set(-stepSize), S.Set(epsilon));
        for (long j = 0; j < length; j += S.Width)
        {
            var g = S.Load(gradient + j);
            var first = S.Fma(S.Load(m + j), beta1, S.Multiply(g, rest1));
            var second = S.Fma(S.Load(v + j), beta2, S.Multiply(S.Multiply(g, g), rest2));
            S.Store(m + j, first);
            S.Store(v + j, second);
            var direction = S.Divide(first, S.Add(S.Sqrt(second), floor));
            S.Store(weights + j, S.Fma(direction, size, S.Load(weights + j)));
        }
    }

    /// <summary>sqrt(1 - beta2^t) / (1 - beta1^t).</summary>
    double Correction(long step) => Math.Sqrt(1 - Math.Pow(options.Beta2, step)) / (1 - Math.Pow(options.Beta1, step));
}
