namespace SasRec.Simulator.Loop;

/// <summary>The size and the temper of a closed world in which users act on what they are served.</summary>
public sealed record LoopOptions
{
    /// <summary>How many users there are.</summary>
    public int Users { get; init; } = 300;

    /// <summary>How many items there will ever be.</summary>
    public int Items { get; init; } = 500;

    /// <summary>The share of the items that is released only during the first half of the rounds.</summary>
    public double NewItems { get; init; } = 0.3;

    /// <summary>How many times the system serves everybody and retrains.</summary>
    public int Rounds { get; init; } = 10;

    /// <summary>How many slates a user is served in a round.</summary>
    public int SlatesPerRound { get; init; } = 3;

    /// <summary>The length of a slate.</summary>
    public int Slots { get; init; } = 8;

    /// <summary>How many items a user took on their own before the first round.</summary>
    public int StartingInteractions { get; init; } = 6;

    /// <summary>The chance that a user takes an item on their own in a round.</summary>
    public double OrganicChance { get; init; } = 0.5;

    /// <summary>η: slot s is looked at with probability s^-η.</summary>
    public double PositionBias { get; init; } = 0.7;

    /// <summary>How far tastes and the season move from round to round.</summary>
    public double Drift { get; init; } = 0.15;

    /// <summary>The same seed is the same world.</summary>
    public ulong Seed { get; init; } = 1;
}
