using static SasRec.Core.OptionRange;

namespace SasRec.Simulator.World;

/// <summary>The size of a sample world.</summary>
public sealed record SampleWorldOptions
{
    /// <summary>How many users there are, 1 to 10,000,000.</summary>
    public int Users { get; init; } = 2_000;

    /// <summary>How many items the shop sells, 20 to 10,000,000.</summary>
    public int Items { get; init; } = 1_200;

    /// <summary>How many interactions a user has on average, 3 to 1,000; half of the users have fewer than four fifths of it.</summary>
    public double InteractionsPerUser { get; init; } = 25;

    /// <summary>How many days the interactions span, 1 to 3,650.</summary>
    public int Days { get; init; } = 90;

    /// <summary>The same seed is the same world.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public SampleWorldOptions Validated()
    {
        Require(nameof(Users), Users, 1, 10_000_000);
        Require(nameof(Items), Items, 20, 10_000_000);
        Require(nameof(InteractionsPerUser), InteractionsPerUser, 3, 1_000);
        Require(nameof(Days), Days, 1, 3_650);
        return this;
    }
}
