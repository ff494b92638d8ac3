namespace SasRec.Core.Experiments;

/// <summary>Whether the arms have as many users as their shares say: where not, the assignment or the log is broken, and so is every comparison.</summary>
/// <remarks>
/// The sequential test of Lindon and Malek (Anytime-valid inference for multinomial count data, NeurIPS 2022): the Bayes factor of a Dirichlet prior about the shares against the shares
/// themselves. Its inverse is a p-value that holds however often one looks.
/// </remarks>
public static class SampleRatio
{
    /// <summary>Below this p-value the counts contradict the shares.</summary>
    public const double Alarm = 0.001;

    // How close the prior keeps to the shares: the sum of its parameters.
    const double Concentration = 100;

    /// <summary>The p-value, 0 to 1; 1 without users.</summary>
    /// <param name="users">[arms]: how many users each arm has.</param>
    /// <param name="shares">[arms]: the arms' shares; only their ratios matter.</param>
    public static double PValue(IReadOnlyList<long> users, IReadOnlyList<double> shares)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(shares);
        var whole = shares.Sum();
        var logFactor = LogGamma(Concentration) - LogGamma(Concentration + users.Sum());
        for (var arm = 0; arm < users.Count; arm++)
        {
            var share = shares[arm] / whole;
            var prior = Concentration * share;
            logFactor += LogGamma(prior + users[arm]) - LogGamma(prior) - (users[arm] * Math.Log(share));
        }

        return Math.Min(1, Math.Exp(-logFactor));
    }

    /// <summary>ln Γ(x) for x above 0: Stirling's series, from where it is exact to 1e-12 on.</summary>
    static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 15; x++)
        {
            shift -= Math.Log(x);
        }

        var inverse = 1 / (x * x);
        var series = (1.0 / 12 - (inverse * (1.0 / 360 - (inverse * (1.0 / 1260 - (inverse / 1680)))))) / x;
        return shift + ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series;
    }
}
