using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SasRec.Bench;

/// <summary>The rate of fused multiply-adds that one core of this machine reaches on registers alone: no kernel can be faster.</summary>
static class FmaPeak
{
    const int Rounds = 2_000;
    const int Chains = 12;

    /// <summary>GFLOP/s of one core: the best of many short windows, so that other processes' turns do not count.</summary>
    public static double Measure()
    {
        var best = double.PositiveInfinity;
        for (var window = 0; window < 2_000; window++)
        {
            var start = Stopwatch.GetTimestamp();
            Spin();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Rounds * Chains * Vector512<float>.Count / best / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static float Spin()
    {
        var (x, y) = (Vector512.Create(0.5f), Vector512.Create(0.25f));
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var round = 0; round < Rounds; round++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, y);
            b = Vector512.FusedMultiplyAdd(b, x, y);
            c = Vector512.FusedMultiplyAdd(c, x, y);
            d = Vector512.FusedMultiplyAdd(d, x, y);
            e = Vector512.FusedMultiplyAdd(e, x, y);
            f = Vector512.FusedMultiplyAdd(f, x, y);
            g = Vector512.FusedMultiplyAdd(g, x, y);
            h = Vector512.FusedMultiplyAdd(h, x, y);
            i = Vector512.FusedMultiplyAdd(i, x, y);
            j = Vector512.FusedMultiplyAdd(j, x, y);
            k = Vector512.FusedMultiplyAdd(k, x, y);
            l = Vector512.FusedMultiplyAdd(l, x, y);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
