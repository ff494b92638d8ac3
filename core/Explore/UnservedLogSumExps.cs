using SasRec.Core.Events;

namespace SasRec.Core.Explore;

/// <summary>
/// The log-sum-exp of what a slate left out, at a grid of temperatures: logged with the slate it gives the propensities that the slate
/// would have had at each, so that the reward of another temperature can be estimated from what was served.
/// </summary>
/// <remarks>Cost: a pass over the catalogue for the maximum, and a sum of exponentials for each temperature while a block is in the cache.</remarks>
public static class UnservedLogSumExps
{
    /// <summary>0, and eleven temperatures from 1/8 to 4, each √2 of the one before.</summary>
    public static IReadOnlyList<double> Temperatures { get; } =
        [0, .. Enumerable.Range(-6, 11).Select(power => Math.Pow(2, power / 2.0))];

    /// <summary>Reads the catalogue once more.</summary>
    /// <param name="scores">[V]: what the slate was drawn from.</param>
    /// <param name="eligible">What the filters left; null for the whole catalogue.</param>
    /// <param name="slate">The slate.</param>
    /// <returns>By ascending temperature; empty where nothing with a score was left out.</returns>
    public static IReadOnlyList<LogSumExp> Of(ReadOnlySpan<float> scores, ItemSet? eligible, Slate slate)
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

    static LogSumExp[] Of(in RemainingItems remaining, float max)
    {
        var rates = Temperatures.Skip(1).Select(temperature => (float)(Math.Log2(Math.E) / temperature)).ToArray();
        var sums = new double[rates.Length];
        for (var block = 0; block < remaining.BlockCount; block++)
        {
            var values = remaining.Block(block);
            for (var i = 0; i < rates.Length; i++)
            {
                sums[i] += ScoreBlocks.Sum(values, max, rates[i], out _);
            }
        }

        return
        [
            new LogSumExp(0, max),
            .. rates.Select((rate, i) => new LogSumExp(Temperatures[i + 1], (ScoreBlocks.Exponent(max, rate) + Math.Log2(sums[i])) / rate)),
        ];
    }
}
