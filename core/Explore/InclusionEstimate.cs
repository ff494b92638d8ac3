namespace SasRec.Core.Explore;

/// <summary>Each item's chance to stand anywhere in a slate of any policy, by drawing slates, with standard errors.</summary>
/// <remarks>
/// A slot that is sometimes uniform is no race of arrivals, so the mixture has no integral like <see cref="InclusionProbability"/>'s.
/// Instead of counting who was drawn, each draw adds the probabilities that its slots gave to every item, which has the same mean and
/// far less spread (Rao and Blackwell): an item that no draw showed still gets its chance.
/// </remarks>
/// <param name="Chances">[V]: unbiased; they sum to min(k, eligible) up to rounding. 0 for what is not eligible.</param>
/// <param name="StandardErrors">[V]: of the chances.</param>
public sealed record InclusionEstimate(double[] Chances, double[] StandardErrors)
{
    /// <summary>Draws slates and averages.</summary>
    /// <param name="scores">[V]: logits; negative infinity for an item without a score.</param>
    /// <param name="eligible">What the filters left; null for the whole catalogue.</param>
    /// <param name="k">The slots.</param>
    /// <param name="policy">Temperature above 0 and epsilon.</param>
    /// <param name="draws">How many slates, at least 2. Cost: as many slates, and V k exponentials for each.</param>
    /// <param name="seed">The same seed gives the same estimate.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is 0, which has nothing to average, or draws is below 2.</exception>
    public static InclusionEstimate Of(
        ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy, int draws, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(policy.Temperature, 0, nameof(policy));
        var (sums, squares, chances) = (new double[scores.Length], new double[scores.Length], new double[scores.Length]);
        var random = new RandomStream(seed);
        for (var draw = 0; draw < draws; draw++)
        {
            AddChances(scores, eligible, PlackettLuceSlate.Draw(scores, eligible, k, policy, random.NextBits()), policy, chances);
            for (var item = 0; item < chances.Length; item++)
            {
                sums[item] += chances[item];
                squares[item] += chances[item] * chances[item];
            }
        }

        var errors = new double[scores.Length];
        for (var item = 0; item < errors.Length; item++)
        {
            var mean = sums[item] / draws;
            errors[item] = Math.Sqrt(Math.Max(0, (squares[item] / draws) - (mean * mean)) / (draws - 1));
            sums[item] = mean;
        }

        return new InclusionEstimate(sums, errors);
    }

    /// <summary>Σ over the slots of what each gave to every item; an item that stands in the slate stops there.</summary>
    static void AddChances(ReadOnlySpan<float> scores, ItemSet? eligible, Slate slate, ExplorationPolicy policy, double[] chances)
    {
        var slots = slate.Items.Count;
        var (masses, uniform) = (Masses(slate, policy.Temperature), new double[slots + 1]);
        for (var slot = 0; slot < slots; slot++)
        {
            uniform[slot + 1] = uniform[slot] + (1.0 / (slate.EligibleCount - slot));
        }

        var places = new Dictionary<int, int>(slots);
        for (var slot = 0; slot < slots; slot++)
        {
            places[slate.Items[slot].Item] = slot;
        }

        for (var item = 0; item < chances.Length; item++)
        {
            if (eligible?.Contains(item) ?? true)
            {
                var end = places.GetValueOrDefault(item, slots - 1) + 1;
                chances[item] = (policy.Epsilon * uniform[end]) + ((1 - policy.Epsilon) * ModelChances(scores[item], masses, uniform, end, policy));
            }
        }
    }

    static double ModelChances(float score, double[] masses, double[] uniform, int end, ExplorationPolicy policy)
    {
        var sum = 0.0;
        for (var slot = 0; slot < end; slot++)
        {
            sum += double.IsNegativeInfinity(masses[slot])
                ? uniform[slot + 1] - uniform[slot]
                : Math.Min(1, Math.Exp((score - masses[slot]) / policy.Temperature));
        }

        return sum;
    }

    /// <summary>[slots]: the soft maximum of what remained before each slot; negative infinity where the model had no opinion.</summary>
    static double[] Masses(Slate slate, double temperature)
    {
        var masses = new double[slate.Items.Count];
        var mass = slate.UnservedSoftMaximum;
        for (var slot = masses.Length - 1; slot >= 0; slot--)
        {
            masses[slot] = mass = Propensity.SoftMaximum(mass, slate.Items[slot].Score, temperature);
        }

        if (double.IsPositiveInfinity(temperature))
        {
            Array.Fill(masses, double.NegativeInfinity);
        }

        return masses;
    }
}
