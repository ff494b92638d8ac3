using SasRec.Core.Explore;

namespace SasRec.Simulator.Loop;

/// <summary>The truth that no recommender sees: what users like, how that drifts, and where they look.</summary>
public sealed class ClosedWorld
{
    const int Dimensions = 3;

    readonly LoopOptions options;
    readonly double[][] items;
    readonly double[][] tastes;
    readonly double[] quality;
    readonly int[] releases;
    readonly double[] season = new double[Dimensions];
    RandomStream random;

    /// <summary>Creates users and items. Two worlds of one seed are the same whatever is served in them.</summary>
    public ClosedWorld(LoopOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.Validated();
        random = new RandomStream(options.Seed);
        items = Vectors(options.Items, 1 / Math.Sqrt(Dimensions));
        tastes = Vectors(options.Users, 1);
        quality = [.. Enumerable.Range(0, options.Items).Select(_ => random.NextNormal())];
        var fresh = (int)(options.NewItems * options.Items);
        var waves = Math.Max(1, options.Rounds / 2);
        releases = [.. Enumerable.Range(0, options.Items).Select(item => item < options.Items - fresh ? 0 : 1 + (item % waves))];
    }

    /// <summary>0 before the first round.</summary>
    public int Round { get; private set; }

    /// <summary>Whether an item can be served in this round.</summary>
    public bool Released(int item) => releases[item] <= Round;

    /// <summary>Whether an item came after the start.</summary>
    public bool IsNew(int item) => releases[item] > 0;

    /// <summary>The chance that a user who looks at an item takes it.</summary>
    public double Relevance(int user, int item)
    {
        var match = 0.0;
        for (var d = 0; d < Dimensions; d++)
        {
            match += (tastes[user][d] + season[d]) * items[item][d];
        }

        return 1 / (1 + Math.Exp(2.5 - (2 * match) - (0.5 * quality[item])));
    }

    /// <summary>The chance that a user looks at a slot, 0 for the first.</summary>
    public double Examination(int slot) => Math.Pow(slot + 1, -options.PositionBias);

    /// <summary>Time passes: items are released, tastes and the season move on.</summary>
    public void NextRound()
    {
        Round++;
        for (var d = 0; d < Dimensions; d++)
        {
            season[d] += options.Drift * random.NextNormal();
            foreach (var taste in tastes)
            {
                taste[d] = (Math.Sqrt(1 - (options.Drift * options.Drift)) * taste[d]) + (options.Drift * random.NextNormal());
            }
        }
    }

    double[][] Vectors(int count, double deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Dimensions).Select(_ => deviation * random.NextNormal()).ToArray())];
}
