namespace SasRec.Core.Explore;

/// <summary>What a model's drawn slates are worth, temperature by temperature: what translates a price into a policy.</summary>
/// <remarks>
/// Temperatures are in units of score, whose scale is the model's own, so the cost of one is not known beforehand. Measured at export on
/// validation cases. A share of the slates is drawn and the others are greedy, so the price is exactly that share times what a drawn slate
/// loses, and what a mistaken loss can do to it is bounded: no drawn slate loses more than everything.
/// </remarks>
/// <param name="Temperature">At which slates are drawn: that which finds most of what users wanted beyond the greedy slate for its price.</param>
/// <param name="Points">By ascending temperature.</param>
/// <param name="Cases">On how many validation cases it was measured.</param>
public sealed record ExplorationCurve(double Temperature, IReadOnlyList<ExplorationPoint> Points, int Cases)
{
    /// <summary>The share of the greedy list's value that is spent by default.</summary>
    public const double DefaultExploration = 0.05;

    /// <summary>For a model that was not measured: its drawn slates are taken to be worth nothing.</summary>
    public static ExplorationCurve Unknown { get; } = new(0.5, [new ExplorationPoint(0.5, 0, 0, 0, 0)], 0);

    /// <summary>The policy that spends a share of the greedy list's value.</summary>
    /// <param name="exploration">0 (greedy) to 1; more than the hottest temperature measured costs is not spent.</param>
    /// <param name="epsilon">The uniform share of each slot of a drawn slate, 0 to 1.</param>
    /// <returns>The policy, without a share of new items.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public ExplorationPolicy Policy(double exploration, double epsilon = 0)
    {
        if (!(exploration is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(exploration), exploration, "Exploration must be 0 to 1.");
        }

        if (exploration == 0)
        {
            return ExplorationPolicy.Greedy;
        }

        var hotter = Points.Where(point => point.Temperature >= Temperature).ToArray();
        var chosen = hotter.FirstOrDefault(point => Loss(point, epsilon) >= exploration) ?? hotter[^1];
        var drawn = Math.Min(1, exploration / Math.Max(Loss(chosen, epsilon), 1e-9));
        return new ExplorationPolicy { Temperature = chosen.Temperature, Epsilon = epsilon, GreedyShare = 1 - drawn }.Validated();
    }

    /// <summary>What a drawn slate loses, taken to be as much as the evidence leaves possible.</summary>
    static double Loss(ExplorationPoint point, double epsilon) => 1 - ((1 - epsilon) * Math.Max(0, point.KeptLow));
}

/// <summary>What drawn slates keep of the greedy list's value at one temperature.</summary>
/// <param name="Temperature">T.</param>
/// <param name="KeptNdcg">NDCG@k of a drawn slate as a share of the greedy one's, on average.</param>
/// <param name="KeptHr">The same of HR@k.</param>
/// <param name="KeptLow">The lower end of the 95% interval of <paramref name="KeptNdcg"/>, one-sided.</param>
/// <param name="Found">The share of the cases whose answer the greedy slate lacks and a drawn slate has.</param>
public sealed record ExplorationPoint(double Temperature, double KeptNdcg, double KeptHr, double KeptLow, double Found);
