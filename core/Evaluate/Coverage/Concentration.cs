namespace SasRec.Core.Evaluate.Coverage;

/// <summary>How widely what was served spreads over the catalogue.</summary>
public static class Concentration
{
    /// <summary>The Gini coefficient of how often each item was served: 0 if all alike, towards 1 if one item took everything.</summary>
    /// <param name="counts">[V]: never-served items with their 0 included.</param>
    /// <returns>Σ (2i - V - 1) x_i / (V Σx) over x ascending, i from 1; 0 if nothing was served.</returns>
    public static double Gini(ReadOnlySpan<int> counts)
    {
        var sorted = counts.ToArray();
        Array.Sort(sorted);
        var (total, weighted) = (0.0, 0.0);
        for (var i = 0; i < sorted.Length; i++)
        {
            total += sorted[i];
            weighted += ((2.0 * (i + 1)) - sorted.Length - 1) * sorted[i];
        }

        return total == 0 ? 0 : weighted / (sorted.Length * total);
    }

    /// <summary>The share of the catalogue that was served at least so often.</summary>
    /// <param name="counts">[V].</param>
    /// <param name="least">At least 1.</param>
    public static double Coverage(ReadOnlySpan<int> counts, int least = 1)
    {
        var covered = 0;
        foreach (var count in counts)
        {
            covered += count >= least ? 1 : 0;
        }

        return counts.Length == 0 ? 0 : covered / (double)counts.Length;
    }

    /// <summary>The share of the catalogue that can still be discovered: expected to be shown at least once in so many slates.</summary>
    /// <param name="inclusion">[V]: each item's chance to be in a slate (InclusionProbability), averaged over users.</param>
    /// <param name="slates">How many slates are served, say in a day.</param>
    public static double Discoverable(ReadOnlySpan<double> inclusion, double slates)
    {
        var found = 0;
        foreach (var chance in inclusion)
        {
            found += chance * slates >= 1 ? 1 : 0;
        }

        return inclusion.Length == 0 ? 0 : found / (double)inclusion.Length;
    }
}
