using static SasRec.Core.OptionRange;

namespace SasRec.Simulator.Loop;

/// <summary>The size and the temper of a closed world in which users act on what they are served.</summary>
public sealed record LoopOptions
{
    /// <summary>How many users there are, 1 to 100,000.</summary>
    public int Users { get; init; } = 500;

    /// <summary>How many items there will ever be, 20 to 100,000.</summary>
    public int Items { get; init; } = 500;

    /// <summary>The share of the items that is released only during the first half of the rounds, 0 to 0.9.</summary>
    public double NewItems { get; init; } = 0.3;

    /// <summary>How many times the system serves everybody and retrains, 1 to 1,000.</summary>
    public int Rounds { get; init; } = 10;

    /// <summary>How many slates a user is served in a round, 1 to 100.</summary>
    public int SlatesPerRound { get; init; } = 3;

    /// <summary>The length of a slate, 1 to 1,000.</summary>
    public int Slots { get; init; } = 8;

    /// <summary>How many items a user took on their own before the first round, 2 to 1,000.</summary>
    public int StartingInteractions { get; init; } = 12;

    /// <summary>The chance that a user takes an item on their own in a round, 0 to 1.</summary>
    public double OrganicChance { get; init; } = 0.5;

    /// <summary>η: slot s is looked at with probability s^-η; 0 to 10.</summary>
    public double PositionBias { get; init; } = 0.7;

    /// <summary>How far tastes and the season move from round to round, 0 (not) to 1 (anew).</summary>
    public double Drift { get; init; } = 0.15;

    /// <summary>The same seed is the same world.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public LoopOptions Validated()
    {
        Require(nameof(Users), Users, 1, 100_000);
        Require(nameof(Items), Items, 20, 100_000);
        Require(nameof(NewItems), NewItems, 0, 0.9);
        Require(nameof(Rounds), Rounds, 1, 1_000);
        Require(nameof(SlatesPerRound), SlatesPerRound, 1, 100);
        Require(nameof(Slots), Slots, 1, 1_000);
        Require(nameof(StartingInteractions), StartingInteractions, 2, 1_000);
        Require(nameof(OrganicChance), OrganicChance, 0, 1);
        Require(nameof(PositionBias), PositionBias, 0, 10);
        Require(nameof(Drift), Drift, 0, 1);
        return this;
    }
}
