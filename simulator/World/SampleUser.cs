using SasRec.Core.Explore;

namespace SasRec.Simulator.World;

/// <summary>One user: what they like, what they have, and what they take next.</summary>
/// <remarks>
/// Four habits make a history predictable from its order: moving on within a kind, taking what goes with the last item, coming back to
/// the kind before, and following taste in its season.
/// </remarks>
sealed class SampleUser
{
    const double MovesOn = 0.35;
    const double TakesCompanion = 0.20;
    const double ComesBack = 0.10;

    /// <summary>A kind's share of those who enter it at step s falls by this from step to step.</summary>
    const double EntryDecay = 0.7;

    /// <summary>In its season a kind is exp(2 x 1.2), eleven times, as popular as out of it.</summary>
    const double SeasonStrength = 1.2;

    readonly double[] liking;
    readonly double[] current;
    readonly HashSet<int> taken = [];
    readonly int itemCount;
    int last = -1;
    int before = -1;

    /// <param name="familyPopularity">[families].</param>
    /// <param name="itemCount">V: the size of the catalogue.</param>
    /// <param name="random">The user's own stream.</param>
    public SampleUser(double[] familyPopularity, int itemCount, ref RandomStream random)
    {
        this.itemCount = itemCount;
        (liking, current) = (new double[familyPopularity.Length], new double[familyPopularity.Length]);
        for (var family = 0; family < liking.Length; family++)
        {
            // Log-normal: most kinds leave a user cold, a few are loved.
            liking[family] = familyPopularity[family] * Math.Exp(1.8 * random.NextNormal());
        }
    }

    /// <summary>The item that the user takes next, one that they do not have yet; -1 if they have nearly everything.</summary>
    /// <param name="year">The time as a share of the world's span, 0 to 1.</param>
    /// <param name="random">The user's own stream.</param>
    public int Next(double year, ref RandomStream random)
    {
        for (var attempt = 0; attempt < 50; attempt++)
        {
            var item = Propose(year, ref random);
            if ((uint)item < (uint)itemCount && taken.Add(item))
            {
                (before, last) = (last, item);
                return item;
            }
        }

        return -1;
    }

    int Propose(double year, ref RandomStream random)
    {
        var habit = random.NextDouble();
        return last < 0 ? ByTaste(year, ref random)
            : habit < MovesOn ? Following(last)
            : habit < MovesOn + TakesCompanion ? Companion(last)
            : habit < MovesOn + TakesCompanion + ComesBack && before >= 0 ? Following(before)
            : ByTaste(year, ref random);
    }

    static int Following(int item) => (item + 1) % SampleCatalogue.FamilySize == 0 ? -1 : item + 1;

    /// <summary>The same step of the neighbouring kind, which is of another category: what tea is to coffee, coffee is to chocolate.</summary>
    int Companion(int item) => (item + SampleCatalogue.FamilySize) % itemCount;

    int ByTaste(double year, ref RandomStream random)
    {
        var total = 0.0;
        for (var family = 0; family < liking.Length; family++)
        {
            var season = Math.Cos(2 * Math.PI * (year - (family * 0.381966)));
            total += liking[family] * Math.Exp(SeasonStrength * season);
            current[family] = total;
        }

        var target = random.NextDouble() * total;
        var chosen = Math.Max(0, Array.FindIndex(current, sum => sum > target));
        var step = (int)(Math.Log(1 - random.NextDouble()) / Math.Log(EntryDecay));
        return (chosen * SampleCatalogue.FamilySize) + Math.Min(step, SampleCatalogue.FamilySize - 1);
    }
}
