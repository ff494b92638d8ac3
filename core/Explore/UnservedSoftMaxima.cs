using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SasRec.Core.Events;

namespace SasRec.Core.Explore;

/// <summary>
/// The soft maximum of what a slate left out, at a grid of temperatures: logged with the slate it gives the propensities that the slate
/// would have had at each, so that the reward of another temperature can be estimated from what was served.
/// </summary>
/// <remarks>Temperatures that halve need no exponential of their own, since exp(s / (T / 2)) is exp(s / T) squared: two a score in all.</remarks>
public static class UnservedSoftMaxima
{
    const int Halvings = 6;

    static readonly float[] Starts = [4, 4 / MathF.Sqrt(2)];

    /// <summary>0, and eleven temperatures from 1/8 to 4, each √2 of the one before.</summary>
    public static IReadOnlyList<double> Temperatures { get; } =
        [0, .. Enumerable.Range(-6, 11).Select(power => Math.Pow(2, power / 2.0))];

    /// <summary>Reads the catalogue once more.</summary>
    /// <param name="scores">[V]: what the slate was drawn from.</param>
    /// <param name="eligible">What the filters left; null for the whole catalogue.</param>
    /// <param name="slate">The slate.</param>
    /// <returns>By ascending temperature; empty where nothing with a score was left out.</returns>
    public static IReadOnlyList<SoftMaximum> Of(ReadOnlySpan<float> scores, ItemSet? eligible, Slate slate)
    {
        ArgumentNullException.ThrowIfNull(slate);
        var remaining = new RemainingItems(scores, eligible);
        try
        {
            foreach (var item in slate.Items)
            {
                remaining.Remove(item.Item);
            }

            var max = float.NegativeInfinity;
            for (var block = 0; block < remaining.BlockCount; block++)
            {
                max = Math.Max(max, ScoreBlocks.Max(remaining.Block(block)));
            }

            return float.IsNegativeInfinity(max) ? [] : Of(remaining, max);
        }
        finally
        {
            remaining.Dispose();
        }
    }

    static SoftMaximum[] Of(in RemainingItems remaining, float max)
    {
        // [2 Halvings]: for either start the sums at T, T / 2, T / 4, ...
        var sums = new double[2 * Halvings];
        for (var block = 0; block < remaining.BlockCount; block++)
        {
            AddBlock(remaining.Block(block), max, sums);
        }

        return
        [
            new SoftMaximum(0, max),
            .. from index in Enumerable.Range(0, 2 * Halvings)
               let temperature = Starts[index / Halvings] / Math.Pow(2, index % Halvings)
               where temperature > 0.12
               orderby temperature
               select new SoftMaximum(Nearest(temperature), max + (temperature * Math.Log(sums[index]))),
        ];
    }

    static double Nearest(double temperature) => Temperatures.MinBy(t => Math.Abs(t - temperature));

    static void AddBlock(ReadOnlySpan<float> values, float max, double[] sums)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        Span<Vector512<float>> block = stackalloc Vector512<float>[2 * Halvings];
        block.Clear();
        for (var i = 0; i < values.Length; i += Vector512<float>.Count)
        {
            var below = Vector512.LoadUnsafe(ref first, (nuint)i) - Vector512.Create(max);
            for (var start = 0; start < Starts.Length; start++)
            {
                var power = Vector512.Exp(below * (1 / Starts[start]));
                for (var halving = 0; halving < Halvings; halving++)
                {
                    block[(start * Halvings) + halving] += power;
                    power *= power;
                }
            }
        }

        for (var index = 0; index < sums.Length; index++)
        {
            var (low, high) = Vector512.Widen(block[index]);
            sums[index] += Vector512.Sum(low + high);
        }
    }
}
