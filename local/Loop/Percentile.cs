namespace SasRec.Loop;

static class Percentile
{
    /// <summary>The smallest value that at least the given share of the values does not exceed.</summary>
    /// <param name="values">At least one value, in any order.</param>
    /// <param name="share">0 to 1.</param>
    public static double Of(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
