namespace SasRec.Core.Explore;

/// <summary>A slate that is greedy with some probability and drawn otherwise, told slot by slot.</summary>
static class GreedyMixture
{
    /// <summary>The next slot.</summary>
    /// <param name="greedyShare">The probability that the slate is greedy, given the slots above.</param>
    /// <param name="greedy">The probability of the item in this slot of a greedy slate.</param>
    /// <param name="drawn">The same of a drawn slate.</param>
    /// <returns>The probability of the item given the slots above, and that of the slate being greedy given this slot too (Bayes).</returns>
    public static (double Propensity, double GreedyShare) Next(double greedyShare, double greedy, double drawn)
    {
        // A mixture of one part is that part, to the last bit.
        if (greedyShare == 0)
        {
            return (drawn, 0);
        }

        var propensity = (greedyShare * greedy) + ((1 - greedyShare) * drawn);
        return (propensity, propensity > 0 ? greedyShare * greedy / propensity : greedyShare);
    }
}
