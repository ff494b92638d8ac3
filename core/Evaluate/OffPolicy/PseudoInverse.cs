namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>The weights of the pseudo-inverse estimator: q_πᵀ Γ_μ⁺ 1_a over indicators of (slot, item) (Swaminathan et al. 2017).</summary>
/// <remarks>
/// Γ_μ = E_μ[1_a 1_aᵀ] and q_π = E_π[1_a] are [K M] for K slots and M candidates, so this is for placements with few candidates.
/// </remarks>
public static class PseudoInverse
{
    /// <summary>The weights of every slate in a list that both policies draw from.</summary>
    /// <param name="slates">[S][K]: candidate indices 0..M-1, all slates of one length.</param>
    /// <param name="logging">[S]: μ's probability of each slate; they sum to 1.</param>
    /// <param name="target">[S]: π's probability of each slate; they sum to 1.</param>
    /// <returns>[S]: the weights; null if π shows an item in a slot where μ never does, so that no weights exist.</returns>
    /// <exception cref="ArgumentException">The lists differ in length, or a law does not sum to 1.</exception>
    public static double[]? Weights(IReadOnlyList<int[]> slates, IReadOnlyList<double> logging, IReadOnlyList<double> target)
    {
        ArgumentNullException.ThrowIfNull(slates);
        ArgumentNullException.ThrowIfNull(logging);
        ArgumentNullException.ThrowIfNull(target);
        if (slates.Count != logging.Count || slates.Count != target.Count)
        {
            throw new ArgumentException($"There are {slates.Count} slates, {logging.Count} and {target.Count} probabilities.");
        }

        if (Math.Abs(logging.Sum() - 1) > 1e-6 || Math.Abs(target.Sum() - 1) > 1e-6)
        {
            throw new ArgumentException($"The probabilities sum to {logging.Sum()} and {target.Sum()}; both must sum to 1.");
        }

        var candidates = slates.SelectMany(slate => slate).DefaultIfEmpty(-1).Max() + 1;
        var dimension = candidates * (slates.Count == 0 ? 0 : slates[0].Length);
        var solution = Solve(Times, Mean(target), dimension);
        return solution is null ? null : [.. slates.Select(slate => Dot(slate, solution))];

        // Γ_μ x without ever holding Γ_μ.
        double[] Times(double[] x)
        {
            var product = new double[dimension];
            for (var i = 0; i < slates.Count; i++)
            {
                Add(slates[i], logging[i] * Dot(slates[i], x), product);
            }

            return product;
        }

        double[] Mean(IReadOnlyList<double> law)
        {
            var mean = new double[dimension];
            for (var i = 0; i < slates.Count; i++)
            {
                Add(slates[i], law[i], mean);
            }

            return mean;
        }

        double Dot(int[] slate, double[] x) => slate.Select((item, slot) => x[(slot * candidates) + item]).Sum();

        void Add(int[] slate, double value, double[] to)
        {
            for (var slot = 0; slot < slate.Length; slot++)
            {
                to[(slot * candidates) + slate[slot]] += value;
            }
        }
    }

    /// <summary>Conjugate gradients from 0 stay in the range of Γ and so end at the solution Γ⁺ b; null if b is not in the range.</summary>
    static double[]? Solve(Func<double[], double[]> times, double[] b, int dimension)
    {
        var x = new double[dimension];
        var residual = (double[])b.Clone();
        var direction = (double[])b.Clone();
        var norm = Inner(residual, residual);
        var enough = 1e-22 * norm;
        for (var i = 0; i < 20 * dimension && norm > enough; i++)
        {
            var image = times(direction);
            var curvature = Inner(direction, image);
            if (curvature <= 0)
            {
                return null;
            }

            var step = norm / curvature;
            for (var d = 0; d < dimension; d++)
            {
                x[d] += step * direction[d];
                residual[d] -= step * image[d];
            }

            var next = Inner(residual, residual);
            for (var d = 0; d < dimension; d++)
            {
                direction[d] = residual[d] + (next / norm * direction[d]);
            }

            norm = next;
        }

        return norm <= 1e-14 * Inner(b, b) ? x : null;
    }

    static double Inner(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
