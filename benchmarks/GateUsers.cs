using SasRec.Core.Explore;

namespace SasRec.Bench;

/// <summary>What models of known quality score on simulated users, NDCG@10, with the spread of real data.</summary>
/// <remarks>
/// On Beauty two models of this trainer differ from user to user with a standard deviation of 2.35 times their mean NDCG@10. Here a user has
/// luck between 0 and 1, and a model of quality q answers those with luck below q / 10, the luckier the higher. Two models mostly agree: each
/// gives a share of the users luck of its own, which is chosen so that the spread is that of Beauty.
/// </remarks>
static class GateUsers
{
    /// <summary>The standard deviation of the difference by user, in means, of two models of the same quality.</summary>
    public const double Spread = 2.35;

    const int Slots = 10;
    const double Hits = 0.1;

    static readonly double[] Gains = [.. Enumerable.Range(1, Slots).Select(rank => 1 / Math.Log2(rank + 1))];

    /// <summary>The share of users to whom a model gives luck of its own.</summary>
    static readonly double Own = OwnShare();

    /// <summary>The mean NDCG@10 at quality 1.</summary>
    public static double Mean { get; } = Hits * Gains.Average();

    /// <summary>The variance from user to user at a quality.</summary>
    /// <param name="quality">1 for the champion's.</param>
    public static double Variance(double quality) => (quality * Hits * Gains.Average(gain => gain * gain)) - Math.Pow(quality * Mean, 2);

    /// <summary>What a model scores on a user.</summary>
    /// <param name="luck">The user's luck, 0 to 1.</param>
    /// <param name="quality">1 for the champion's.</param>
    /// <param name="random">The model's own luck.</param>
    /// <param name="alike">Whether the model is one of two that mostly agree; else all luck is its own.</param>
    public static double Ndcg(double luck, double quality, ref RandomStream random, bool alike = true)
    {
        var own = random.NextDouble();
        var share = alike ? Own : 1;
        var place = (own < share ? own / share : luck) / (Hits * quality);
        return place < 1 ? Gains[(int)(Slots * place)] : 0;
    }

    /// <summary>Two models differ on a user where either has luck of its own: 1 - (1 - share)² of the users.</summary>
    static double OwnShare()
    {
        var differing = Math.Pow(Spread * Hits * Gains.Average(), 2) / (2 * ((Hits * Gains.Average(gain => gain * gain)) - Math.Pow(Hits * Gains.Average(), 2)));
        return 1 - Math.Sqrt(1 - differing);
    }
}
