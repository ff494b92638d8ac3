using SasRec.Core.Explore;

namespace SasRec.Bench;

/// <summary>A way of drawing slates, in the plainest form: only for comparing shapes.</summary>
/// <param name="Name">As it stands in tables.</param>
/// <param name="Law">Given the strength of exploring, 0 to 1, its law.</param>
sealed record PolicyShape(string Name, Func<double, ShapeLaw> Law);

/// <summary>How one shape draws at one strength.</summary>
/// <param name="Temperatures">[slots]: of the softmax of each slot, in units of score.</param>
/// <param name="Uniform">The share of each slot that is uniform over the best <paramref name="Among"/>.</param>
/// <param name="Among">How many items of the highest scores the uniform share is over.</param>
/// <param name="Cut">Whether the softmax too is over them alone.</param>
/// <param name="Greedy">The share of whole slates that are greedy.</param>
sealed record ShapeLaw(double[] Temperatures, double Uniform = 0, int Among = int.MaxValue, bool Cut = false, double Greedy = 0);

/// <summary>The best items of one user in descending order of score.</summary>
sealed class RankedItems
{
    /// <summary>So many are told apart; what stands below is as good as never drawn.</summary>
    public const int Most = 2_000;

    /// <param name="scores">[V]: negative infinity for what is not eligible.</param>
    /// <param name="target">The item that the user took next.</param>
    public RankedItems(float[] scores, int target)
    {
        int[] items = [.. Enumerable.Range(0, scores.Length).Where(item => float.IsFinite(scores[item]))];
        var sorted = Array.ConvertAll(items, item => -scores[item]);
        Array.Sort(sorted, items);
        Eligible = items.Length;
        Items = items[..Math.Min(Most, items.Length)];
        Scores = Array.ConvertAll(sorted[..Items.Length], score => -score);
        Target = Array.IndexOf(Items, target);
        Catalogue = scores.Length;
    }

    public int Catalogue { get; }

    public int Eligible { get; }

    /// <summary>[at most <see cref="Most"/>]: by rank, 0 for the best.</summary>
    public int[] Items { get; }

    /// <summary>[at most <see cref="Most"/>]: by rank.</summary>
    public float[] Scores { get; }

    /// <summary>The rank of what the user took next; -1 where it is not among the best.</summary>
    public int Target { get; }

    /// <summary>The item of a rank; -1 where it is not among the best.</summary>
    public int ItemOf(int rank) => rank < Items.Length ? Items[rank] : -1;

    /// <summary>The rank of an item; one of the last, another for each slot, where it is not among the best.</summary>
    public int RankOf(int item, int slot) => Array.IndexOf(Items, item) is >= 0 and var rank ? rank : Eligible - 1 - slot;
}

/// <summary>One user's slates under a law, items named by their ranks: every probability given what stands above.</summary>
sealed class ShapeSlates
{
    // What weighs less than this beside the best item is left out.
    const double Negligible = 1e-15;
    const double Cancelled = 1e-6;

    readonly ShapeLaw law;
    readonly Dictionary<double, (double[] Weights, double[] Running)> soft = [];
    readonly int among;

    public ShapeSlates(RankedItems ranked, ShapeLaw law)
    {
        this.law = law;
        among = Math.Min(law.Among, ranked.Eligible);
        foreach (var temperature in law.Temperatures.Distinct())
        {
            var (weights, running, sum) = (new List<double>(), new List<double>(), 0.0);
            for (var rank = 0; rank < Math.Min(law.Cut ? among : ranked.Items.Length, ranked.Items.Length); rank++)
            {
                var weight = Math.Exp(((double)ranked.Scores[rank] - ranked.Scores[0]) / temperature);
                if (weight < Negligible && rank > Slots)
                {
                    break;
                }

                weights.Add(weight + 1e-300);
                running.Add(sum += weight + 1e-300);
            }

            soft[temperature] = ([.. weights], [.. running]);
        }
    }

    public int Slots => law.Temperatures.Length;

    /// <summary>Slates of the drawn part alone, as ranks.</summary>
    public int[][] Draws(int count, ref RandomStream random)
    {
        var slates = new int[count][];
        for (var draw = 0; draw < count; draw++)
        {
            var slate = slates[draw] = new int[Slots];
            for (var slot = 0; slot < Slots; slot++)
            {
                var above = slate.AsSpan(0, slot);
                do
                {
                    slate[slot] = random.NextDouble() < law.Uniform ? random.NextIndex(among) : Soft(slot, above, ref random);
                }
                while (above.Contains(slate[slot]));
            }
        }

        return slates;
    }

    /// <summary>A slate, as ranks.</summary>
    public int[] Draw(ref RandomStream random) =>
        law.Greedy > 0 && random.NextDouble() < law.Greedy ? [.. Enumerable.Range(0, Slots)] : Draws(1, ref random)[0];

    /// <summary>The chance of a rank in a slot given the slate above it, of the drawn part alone.</summary>
    public double Drawn(int rank, int slot, ReadOnlySpan<int> slate)
    {
        var (weights, running) = soft[law.Temperatures[slot]];
        var (mass, left) = (running[^1], among);
        foreach (var taken in slate[..slot])
        {
            if (taken == rank)
            {
                return 0;
            }

            mass -= taken < weights.Length ? weights[taken] : 0;
            left -= taken < among ? 1 : 0;
        }

        // What is left of nearly nothing is summed, since subtraction would leave the rounding of the sum.
        mass = mass < Cancelled * running[^1] ? Left(weights, slate[..slot]) : mass;
        var share = rank < weights.Length ? Math.Min(1, weights[rank] / Math.Max(mass, weights[rank])) : 0;
        return ((1 - law.Uniform) * share) + (rank < among ? law.Uniform / left : 0);
    }

    static double Left(double[] weights, ReadOnlySpan<int> above)
    {
        var sum = 0.0;
        for (var rank = 0; rank < weights.Length; rank++)
        {
            sum += above.Contains(rank) ? 0 : weights[rank];
        }

        return sum;
    }

    /// <summary>[slots]: the marginal chance of a rank in each slot.</summary>
    public double[] Marginals(int rank, int[][] draws)
    {
        var chances = new double[Slots];
        for (var slot = 0; slot < Slots; slot++)
        {
            foreach (var slate in draws)
            {
                chances[slot] += Drawn(rank, slot, slate) / draws.Length;
            }

            chances[slot] = ((1 - law.Greedy) * chances[slot]) + (slot == rank ? law.Greedy : 0);
        }

        return chances;
    }

    /// <summary>[slots]: the probability of the slate down to each slot.</summary>
    public double[] Chances(int[] slate)
    {
        var (chances, drawn, same) = (new double[Slots], 1.0, true);
        for (var slot = 0; slot < Slots; slot++)
        {
            drawn *= Drawn(slate[slot], slot, slate);
            same &= slate[slot] == slot;
            chances[slot] = ((1 - law.Greedy) * drawn) + (same ? law.Greedy : 0);
        }

        return chances;
    }

    int Soft(int slot, ReadOnlySpan<int> above, ref RandomStream random)
    {
        var (weights, running) = soft[law.Temperatures[slot]];
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var rank = Array.BinarySearch(running, random.NextDouble() * running[^1]);
            rank = rank < 0 ? ~rank : rank;
            if (rank < weights.Length && !above.Contains(rank))
            {
                return rank;
            }
        }

        var (target, last) = (random.NextDouble() * Left(weights, above), 0);
        for (var rank = 0; rank < weights.Length; rank++)
        {
            if (!above.Contains(rank))
            {
                last = rank;
                if ((target -= weights[rank]) < 0)
                {
                    break;
                }
            }
        }

        return last;
    }
}
