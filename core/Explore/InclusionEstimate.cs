namespace SasRec.Core.Explore;

/// <summary>Each item's chance to stand anywhere in a slate of any policy, by drawing slates, with standard errors.</summary>
/// <remarks>
/// A slot that is sometimes uniform is no race of arrivals, so the mixture has no integral like <see cref="InclusionProbability"/>'s.
/// Instead of counting who was drawn, each draw adds the probabilities that its slots gave to every item, which has the same mean and
/// far less spread (Rao and Blackwell): an item that no draw showed still gets its chance.
/// </remarks>
/// <param name="Chances">[V and the new items]: unbiased; they sum to min(k, eligible) up to rounding. 0 for what is not eligible.</param>
/// <param name="StandardErrors">[V and the new items]: of the chances.</param>
public sealed record InclusionEstimate(double[] Chances, double[] StandardErrors)
{
    /// <summary>Draws slates and averages.</summary>
    /// <param name="scores">[V]: logits; negative infinity for an item without a score.</param>
    /// <param name="eligible">What the filters left; null for the whole catalogue. It may reach beyond the scores, as for a slate.</param>
    /// <param name="k">The slots.</param>
    /// <param name="policy">Temperature above 0, epsilon and the share of new items.</param>
    /// <param name="draws">How many slates, at least 2. Cost: as many slates, and V k exponentials for each.</param>
    /// <param name="seed">The same seed gives the same estimate.</param>
    /// <param name="firstNew">As for <see cref="PlackettLuceSlate.Draw"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is 0, which has nothing to average, or draws is below 2.</exception>
    public static InclusionEstimate Of(
        ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy, int draws, ulong seed, int? firstNew = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(policy.Temperature, 0, nameof(policy));
        if (policy.GreedyShare > 0)
        {
            return Mixed(scores, eligible, k, policy, draws, seed, firstNew);
        }

        var count = eligible?.Capacity ?? scores.Length;
        var (sums, squares, chances) = (new double[count], new double[count], new double[count]);
        var random = new RandomStream(seed);
        for (var draw = 0; draw < draws; draw++)
        {
            var slate = PlackettLuceSlate.Draw(scores, eligible, k, policy, random.NextBits(), firstNew);
            AddChances(scores, eligible, slate, policy, firstNew ?? scores.Length, chances);
            for (var item = 0; item < chances.Length; item++)
            {
                sums[item] += chances[item];
                squares[item] += chances[item] * chances[item];
            }
        }

        var errors = new double[count];
        for (var item = 0; item < errors.Length; item++)
        {
            var mean = sums[item] / draws;
            errors[item] = Math.Sqrt(Math.Max(0, (squares[item] / draws) - (mean * mean)) / (draws - 1));
            sums[item] = mean;
        }

        return new InclusionEstimate(sums, errors);
    }

    /// <summary>The same for slates under constraints: how often each item stood in one of some slates.</summary>
    /// <param name="scores">As for <see cref="Of"/>.</param>
    /// <param name="eligible">As for <see cref="Of"/>.</param>
    /// <param name="k">The slots.</param>
    /// <param name="policy">Any policy.</param>
    /// <param name="constraints">What slates keep to.</param>
    /// <param name="draws">How many slates, at least 2.</param>
    /// <param name="seed">The same seed gives the same estimate.</param>
    public static InclusionEstimate ByFrequency(
        ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy, SlateConstraints constraints, int draws, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 2);
        var (chances, random) = (new double[eligible?.Capacity ?? scores.Length], new RandomStream(seed));
        for (var draw = 0; draw < draws; draw++)
        {
            foreach (var slot in ConstrainedSlate.Draw(scores, eligible, k, policy, constraints, random.NextBits()).Items)
            {
                chances[slot.Item] += 1.0 / draws;
            }
        }

        return new InclusionEstimate(chances, Array.ConvertAll(chances, chance => Math.Sqrt(Math.Max(0, chance * (1 - chance)) / (draws - 1))));
    }

    /// <summary>A share of the slates is greedy, the others are drawn; so are the chances.</summary>
    static InclusionEstimate Mixed(
        ReadOnlySpan<float> scores, ItemSet? eligible, int k, ExplorationPolicy policy, int draws, ulong seed, int? firstNew)
    {
        var share = policy.GreedyShare;
        var drawn = Of(scores, eligible, k, policy with { GreedyShare = 0 }, draws, seed, firstNew);

        // Greedy is the limit of ever lower temperatures; the lowest there is differs from it only where scores are equal.
        var greedy = Of(
            scores, eligible, k, policy with { GreedyShare = 0, Epsilon = 0, Temperature = ExplorationPolicy.MinTemperature }, draws, seed,
            firstNew);
        return new InclusionEstimate(
            [.. greedy.Chances.Zip(drawn.Chances, (first, other) => (share * first) + ((1 - share) * other))],
            [.. greedy.StandardErrors.Zip(drawn.StandardErrors, (first, other) => (share * first) + ((1 - share) * other))]);
    }

    /// <summary>Σ over the slots of what each gave to every item; an item that stands in the slate stops there.</summary>
    static void AddChances(
        ReadOnlySpan<float> scores, ItemSet? eligible, Slate slate, ExplorationPolicy policy, int firstNew, double[] chances)
    {
        var slots = slate.Items.Count;
        var masses = Masses(slate, policy.Temperature);
        var (model, uniform, fresh) = (new double[slots], new double[slots + 1], new double[slots + 1]);
        var newItems = slate.NewEligibleCount;
        for (var slot = 0; slot < slots; slot++)
        {
            var newShare = newItems > 0 ? policy.NewItemShare : 0;
            var chance = 1.0 / (slate.EligibleCount - slot);
            model[slot] = (1 - newShare) * (1 - policy.Epsilon);

            // Where the model has no opinion its share is uniform too.
            var uniformShare = ((1 - newShare) * policy.Epsilon) + (double.IsNegativeInfinity(masses[slot]) ? model[slot] : 0);
            uniform[slot + 1] = uniform[slot] + (uniformShare * chance);
            fresh[slot + 1] = fresh[slot] + (newItems > 0 ? newShare / newItems : 0);
            newItems -= slate.Items[slot].Item >= firstNew ? 1 : 0;
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
                var byScore = item < scores.Length ? ModelChances(scores[item], masses, model, end, policy) : 0;
                chances[item] = uniform[end] + byScore + (item >= firstNew ? fresh[end] : 0);
            }
        }
    }

    static double ModelChances(float score, double[] masses, double[] shares, int end, ExplorationPolicy policy)
    {
        var sum = 0.0;
        for (var slot = 0; slot < end; slot++)
        {
            sum += double.IsNegativeInfinity(masses[slot])
                ? 0
                : shares[slot] * Math.Min(1, Math.Exp((score - masses[slot]) / policy.Temperature));
        }

        return sum;
    }

    /// <summary>[slots]: the log-sum-exp of what remained before each slot; negative infinity where the model had no opinion.</summary>
    static double[] Masses(Slate slate, double temperature)
    {
        var masses = new double[slate.Items.Count];
        var mass = slate.UnservedLogSumExp;
        for (var slot = masses.Length - 1; slot >= 0; slot--)
        {
            masses[slot] = mass = Propensity.LogSumExp(mass, slate.Items[slot].Score, temperature);
        }

        if (double.IsPositiveInfinity(temperature))
        {
            Array.Fill(masses, double.NegativeInfinity);
        }

        return masses;
    }
}
