using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Evaluate.Calibration;

/// <summary>Whether predicted probabilities mean what they say: predictions in bins beside what happened.</summary>
/// <param name="Bins">By ascending prediction.</param>
/// <param name="ExpectedError">Σ share of the bin × |predicted - observed| (expected calibration error).</param>
/// <param name="Brier">Mean squared difference between prediction and outcome (Brier 1950).</param>
public sealed record ReliabilityTable(IReadOnlyList<ReliabilityBin> Bins, double ExpectedError, double Brier)
{
    /// <summary>Sorts predictions into bins of equal count.</summary>
    /// <param name="predicted">[n]: probabilities, 0 to 1.</param>
    /// <param name="happened">[n]: the outcomes.</param>
    /// <param name="bins">How many bins at most, at least 1.</param>
    /// <exception cref="ArgumentException">The lengths differ, or a prediction is no probability.</exception>
    public static ReliabilityTable Of(ReadOnlySpan<double> predicted, ReadOnlySpan<bool> happened, int bins = 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        if (predicted.Length != happened.Length)
        {
            throw new ArgumentException($"There are {predicted.Length} predictions and {happened.Length} outcomes.");
        }

        var (sorted, outcomes) = (predicted.ToArray(), happened.ToArray());
        Array.Sort(sorted, outcomes);
        if (sorted.Length > 0 && !(sorted[0] >= 0 && sorted[^1] <= 1))
        {
            throw new ArgumentException($"Predictions run from {sorted[0]} to {sorted[^1]}; they must be 0 to 1.", nameof(predicted));
        }

        var table = new List<ReliabilityBin>();
        var (error, brier) = (0.0, 0.0);
        for (var bin = 0; bin < bins; bin++)
        {
            var (from, to) = ((int)((long)sorted.Length * bin / bins), (int)((long)sorted.Length * (bin + 1) / bins));
            if (from == to)
            {
                continue;
            }

            var (sum, hits) = (0.0, 0);
            for (var i = from; i < to; i++)
            {
                var outcome = outcomes[i] ? 1 : 0;
                sum += sorted[i];
                hits += outcome;
                brier += (sorted[i] - outcome) * (sorted[i] - outcome) / sorted.Length;
            }

            var count = to - from;
            var (mean, observed) = (sum / count, hits / (double)count);
            var (low, high) = InteractionRate.Wilson(observed, count);
            table.Add(new ReliabilityBin(count, mean, observed, low, high));
            error += Math.Abs(mean - observed) * count / sorted.Length;
        }

        return new ReliabilityTable(table, error, brier);
    }

    /// <summary>The same of predictions that were counted: those of one group share their prediction.</summary>
    /// <param name="groups">For each group what was predicted, 0 to 1, how often, and how often it happened.</param>
    /// <param name="bins">How many bins at most, at least 1; a group is never divided.</param>
    /// <param name="confidence">The share of intervals that hold the true share.</param>
    public static ReliabilityTable OfCounts(
        IReadOnlyList<(double Predicted, long Count, long Happened)> groups, int bins = 10, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(groups);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        var total = groups.Sum(g => g.Count);
        var table = new List<ReliabilityBin>();
        var (error, brier, before) = (0.0, 0.0, 0L);
        foreach (var bin in groups.OrderBy(g => g.Predicted).GroupBy(g => Place(g.Count)))
        {
            var (count, hits, sum) = (bin.Sum(g => g.Count), bin.Sum(g => g.Happened), bin.Sum(g => g.Count * g.Predicted));
            var (mean, observed) = (sum / count, hits / (double)count);
            var (low, high) = InteractionRate.Wilson(observed, count, confidence);
            table.Add(new ReliabilityBin((int)Math.Min(count, int.MaxValue), mean, observed, low, high));
            error += Math.Abs(mean - observed) * count / total;
            brier += bin.Sum(g => (g.Happened * (1 - g.Predicted) * (1 - g.Predicted)) + ((g.Count - g.Happened) * g.Predicted * g.Predicted)) / total;
        }

        return new ReliabilityTable(table, error, brier);

        // A group goes where its middle falls among all predictions.
        long Place(long count)
        {
            var middle = before + (count / 2.0);
            before += count;
            return Math.Min(bins - 1, (long)(middle * bins / total));
        }
    }
}

/// <summary>One bin of a reliability table.</summary>
/// <param name="Count">How many predictions.</param>
/// <param name="Predicted">Their mean.</param>
/// <param name="Observed">The share that happened.</param>
/// <param name="Low">The lower end of the 95% interval of that share.</param>
/// <param name="High">Its upper end; a calibrated bin has <paramref name="Predicted"/> inside.</param>
public sealed record ReliabilityBin(int Count, double Predicted, double Observed, double Low, double High);
