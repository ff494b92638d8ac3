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
}

/// <summary>One bin of a reliability table.</summary>
/// <param name="Count">How many predictions.</param>
/// <param name="Predicted">Their mean.</param>
/// <param name="Observed">The share that happened.</param>
/// <param name="Low">The lower end of the 95% interval of that share.</param>
/// <param name="High">Its upper end; a calibrated bin has <paramref name="Predicted"/> inside.</param>
public sealed record ReliabilityBin(int Count, double Predicted, double Observed, double Low, double High);
