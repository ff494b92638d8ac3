namespace SasRec.Core.Explore;

/// <summary>Each item's chance to stand anywhere in a Plackett-Luce slate of k, without sampling.</summary>
/// <remarks>
/// Item i arrives at an exponential time of rate w_i = exp(score / T); the slate is the first k to arrive. So
/// π_i = ∫ w_i exp(-w_i t) P(fewer than k of the others have arrived by t) dt, where the count of arrivals is Poisson-binomial. Over
/// x = ln t the integrand is smooth and vanishes at both ends, so the trapezoid rule converges exponentially. Cost: V k for each of the
/// some 500 points.
/// </remarks>
public static class InclusionProbability
{
    const double Step = 0.125;

    // The first point: an arrival before it has a chance of e^-Early.
    const double Early = 36;

    // ln(rate x time) at which an arrival is certain to the last bit, and its density 0.
    const double Certain = 7;

    /// <summary>The chance of each item to be in the slate.</summary>
    /// <param name="scores">[V]: logits; negative infinity for an item without a score.</param>
    /// <param name="eligible">What the filters left; null for the whole catalogue. It may reach beyond the scores, as for a slate.</param>
    /// <param name="k">The slots.</param>
    /// <param name="temperature">0, 1e-6 to 1e6, or positive infinity, as in <see cref="ExplorationPolicy"/>; epsilon and the share of
    /// new items are 0.</param>
    /// <returns>[V and the new items]: within 1e-9 of the exact chance; 0 for what is not eligible. They sum to min(k, eligible).</returns>
    /// <exception cref="ArgumentException">An eligible score is NaN or positive infinity.</exception>
    public static double[] PlackettLuce(ReadOnlySpan<float> scores, ItemSet? eligible, int k, double temperature)
    {
        var policy = new ExplorationPolicy { Temperature = temperature, Epsilon = 0 }.Validated();
        var chances = new double[eligible?.Capacity ?? scores.Length];
        var (scored, unscored) = Split(scores, eligible, uniform: double.IsPositiveInfinity(temperature));
        var slots = Math.Min(k, scored.Count);
        if (slots == scored.Count)
        {
            Fill(chances, scored, 1);
            Fill(chances, unscored, unscored.Count == 0 ? 0 : Math.Min(1, (k - slots) / (double)unscored.Count));
        }
        else if (temperature == 0)
        {
            Fill(chances, [.. PlackettLuceSlate.Draw(scores, eligible, k, policy, 0).Items.Select(item => item.Item)], 1);
        }
        else if (slots > 0)
        {
            double max = scored.Max(scores.ToArray().ElementAt);
            var logWeights = new double[scored.Count];
            for (var i = 0; i < logWeights.Length; i++)
            {
                logWeights[i] = (scores[scored[i]] - max) / temperature;
            }

            var found = Integrate(logWeights, slots);
            for (var i = 0; i < found.Length; i++)
            {
                chances[scored[i]] = found[i];
            }
        }

        return chances;
    }

    static double[] Integrate(double[] logWeights, int k)
    {
        CloseGaps(logWeights);
        var chances = new double[logWeights.Length];
        var race = new ArrivalCount(k);
        var arrived = new double[logWeights.Length];
        for (var x = -Math.Log(logWeights.Sum(Math.Exp)) - Early; ; x += Step)
        {
            for (var i = 0; i < arrived.Length; i++)
            {
                arrived[i] = -Expm1(-Math.Exp(Math.Min(x + logWeights[i], Certain)));
            }

            if (!race.TryCount(arrived))
            {
                return chances;
            }

            for (var i = 0; i < arrived.Length; i++)
            {
                var rate = Math.Exp(Math.Min(x + logWeights[i], Certain));
                chances[i] += Step * rate * Math.Exp(-rate) * race.FewerThanKOthers(i);
            }
        }
    }

    /// <summary>Across a gap wider than this the order of arrival is certain, so a wider one only costs points.</summary>
    static void CloseGaps(double[] logWeights)
    {
        const double widest = 100;
        var order = Enumerable.Range(0, logWeights.Length).OrderByDescending(i => logWeights[i]).ToArray();
        var closed = (double[])logWeights.Clone();
        for (var rank = 1; rank < order.Length; rank++)
        {
            var gap = logWeights[order[rank - 1]] - logWeights[order[rank]];
            closed[order[rank]] = closed[order[rank - 1]] - Math.Min(gap, widest);
        }

        closed.CopyTo(logWeights, 0);
    }

    /// <summary>exp(y) - 1 without cancellation near 0.</summary>
    static double Expm1(double y) => Math.Abs(y) < 1e-5 ? y * (1 + (y / 2) + (y * y / 6)) : Math.Exp(y) - 1;

    static (List<int> Scored, List<int> Unscored) Split(ReadOnlySpan<float> scores, ItemSet? eligible, bool uniform)
    {
        List<int> scored = [], unscored = [];
        for (var item = 0; item < (eligible?.Capacity ?? scores.Length); item++)
        {
            if (item >= scores.Length)
            {
                if (eligible!.Contains(item))
                {
                    unscored.Add(item);
                }
            }
            else if (eligible?.Contains(item) ?? true)
            {
                if (float.IsNaN(scores[item]) || float.IsPositiveInfinity(scores[item]))
                {
                    throw new ArgumentException($"The score of item {item} is {scores[item]}; it must be finite or negative infinity.", nameof(scores));
                }

                (uniform || float.IsNegativeInfinity(scores[item]) ? unscored : scored).Add(item);
            }
        }

        return (scored, unscored);
    }

    static void Fill(double[] chances, List<int> items, double chance)
    {
        foreach (var item in items)
        {
            chances[item] = chance;
        }
    }
}
