namespace SasRec.Core.Sequences;

/// <summary>How much interactions that came through slates count in training: clipped inverse propensities.</summary>
/// <remarks>
/// The propensity of an interaction is the one logged with its slate at that moment: that the item took its slot, given the slots before.
/// Summed over the slots on which an item might have stood, 1 / propensity is an unbiased count of what users would have done had each of
/// them shown it; the chance to be anywhere in the slate would need the scores of every item, which no log keeps. Weights are
/// clipped, for a single rare slate would otherwise drown all others, and scaled so that interactions through slates count 1 on
/// average: against what users did on their own, whose weight is 1, they gain and lose nothing as a whole.
/// </remarks>
public static class PropensityWeights
{
    /// <summary>min(c / propensity, most), with the c at which the mean is 1.</summary>
    /// <param name="propensities">Each above 0, at most 1.</param>
    /// <param name="most">The clip: 1 (all alike) or more.</param>
    public static float[] Clipped(ReadOnlySpan<double> propensities, double most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (propensities.IndexOfAnyExceptInRange(double.Epsilon, 1) is >= 0 and var at)
        {
            throw new ArgumentOutOfRangeException(nameof(propensities), propensities[at], "A propensity must be above 0, at most 1.");
        }

        // At c = most every weight is at the clip, so the mean is most; it only falls with c.
        var (low, high) = (0.0, most);
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Mean(propensities, middle, most) < 1 ? (middle, high) : (low, middle);
        }

        var weights = new float[propensities.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = (float)Math.Min(high / propensities[i], most);
        }

        return weights;
    }

    static double Mean(ReadOnlySpan<double> propensities, double c, double most)
    {
        var sum = 0.0;
        foreach (var propensity in propensities)
        {
            sum += Math.Min(c / propensity, most);
        }

        return sum / propensities.Length;
    }
}
