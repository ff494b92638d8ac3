namespace SasRec.Core.Experiments;

/// <summary>Counts times in steps of a tenth, from 0.1 ms to about 16 s.</summary>
sealed class LatencyHistogram
{
    const double Min = 0.1, Step = 1.1;

    readonly long[] counts = new long[127];

    /// <summary>How many times were counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts a time.</summary>
    public void Add(double milliseconds)
    {
        var step = Math.Log(Math.Max(milliseconds, Min) / Min) / Math.Log(Step);
        counts[(int)Math.Min(step, counts.Length - 1)]++;
        Count++;
    }

    /// <summary>The time that a share of the times do not exceed, to a tenth upwards; null without times.</summary>
    /// <param name="share">0 to 1.</param>
    public double? Quantile(double share)
    {
        var (below, step) = (0L, -1);
        for (var wanted = share * Count; step + 1 < counts.Length && (step < 0 || below < wanted);)
        {
            below += counts[++step];
        }

        return Count == 0 ? null : Min * Math.Pow(Step, step + 1);
    }
}
