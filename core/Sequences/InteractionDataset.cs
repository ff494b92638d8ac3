using SasRec.Core.Options;

namespace SasRec.Core.Sequences;

/// <summary>Sequences with the ids behind their indices.</summary>
/// <param name="Sequences">The histories by index.</param>
/// <param name="Items">[V]: the item ids, in ordinal order.</param>
/// <param name="UserIds">[users]: the user ids, in ordinal order.</param>
public sealed record InteractionDataset(SequenceDataset Sequences, ItemVocabulary Items, IReadOnlyList<string> UserIds);

/// <summary>What of the log becomes a dataset.</summary>
public sealed record DatasetOptions
{
    /// <summary>Items with fewer interactions are left out; 1 keeps all. Applied once, before users are.</summary>
    [Range(1, 1_000_000), CommandLine("--min-item-count", "Leave out items with fewer interactions")]
    public int MinItemCount { get; init; } = 1;

    /// <summary>Users with fewer interactions, after items were left out, are left out; 1 keeps all.</summary>
    [Range(1, 1_000_000), CommandLine("--min-user-count", "Leave out users with fewer interactions, after items were left out")]
    public int MinUserCount { get; init; } = 1;

    /// <summary>How many of each user's actions stay, the newest; 0 keeps all. Applied before the minimum counts.</summary>
    [Range(0, 1_000_000), CommandLine("--newest", "Keep only so many actions of each user, the newest; 0 keeps all")]
    public int Newest { get; init; }

    /// <summary>Of how many days actions stay, up to the newest of all; 0 keeps all. Applied before the minimum counts; what has no times has no
    /// window.</summary>
    [Range(0, 36_500), CommandLine("--window", "Keep only the actions of so many days, up to the newest of all; 0 keeps all")]
    public int WindowDays { get; init; }

    /// <summary>
    /// The most that an interaction through a slate counts in training, by the inverse of its logged propensity; null counts all
    /// interactions alike. See <see cref="PropensityWeights"/>.
    /// </summary>
    [Range(1, 1_000)]
    public double? MaxWeight { get; init; }

    /// <summary>Whether actions on items that the user acted on before are learned and asked for, see
    /// <see cref="SequenceDataset.AsksForSeenItems"/>: for placements that serve seen items.</summary>
    [CommandLine("--seen-items", "Learn and ask for actions on items that the user acted on before too, for placements that serve seen items")]
    public bool AsksForSeenItems { get; init; }

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public DatasetOptions Validated()
    {
        OptionRules.Check(this);
        return this;
    }
}
