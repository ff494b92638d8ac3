namespace SasRec.Core.Sequences;

/// <summary>Every user's interactions in time order, packed end to end: user u owns items [offsets[u], offsets[u + 1]).</summary>
/// <remarks>Items are catalogue indices 0..<see cref="ItemCount"/>-1. A network sees index + 1; its token 0 is padding.</remarks>
public sealed class SequenceDataset
{
    readonly int[] offsets;
    readonly int[]? lengths;
    readonly int[] items;
    readonly long[]? times;

    /// <summary>Packs histories.</summary>
    /// <param name="itemCount">V: the size of the catalogue.</param>
    /// <param name="offsets">[users + 1]: ascending from 0 to the number of interactions.</param>
    /// <param name="items">[interactions]: catalogue indices, each user's in time order.</param>
    /// <param name="times">[interactions]: Unix milliseconds, ascending for each user; null where the data has none.</param>
    /// <exception cref="ArgumentException">The lengths disagree, or an index is outside the catalogue.</exception>
    public SequenceDataset(int itemCount, int[] offsets, int[] items, long[]? times = null)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentOutOfRangeException.ThrowIfNegative(itemCount);
        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != items.Length)
        {
            throw new ArgumentException($"Offsets must run from 0 to the number of interactions ({items.Length}).", nameof(offsets));
        }

        if (times is not null && times.Length != items.Length)
        {
            throw new ArgumentException($"There are {times.Length} times for {items.Length} interactions.", nameof(times));
        }

        for (var i = 0; i < items.Length; i++)
        {
            if ((uint)items[i] >= (uint)itemCount)
            {
                throw new ArgumentException(
                    $"Interaction {i} names item {items[i]}; the catalogue has 0 to {itemCount - 1}.", nameof(items));
            }
        }

        ItemCount = itemCount;
        InteractionCount = items.Length;
        (this.offsets, this.items, this.times) = (offsets, items, times);
    }

    SequenceDataset(SequenceDataset whole, int[] lengths)
    {
        ItemCount = whole.ItemCount;
        InteractionCount = lengths.Sum();
        (offsets, this.lengths, items, times) = (whole.offsets, lengths, whole.items, whole.times);
    }

    /// <summary>V: the size of the catalogue.</summary>
    public int ItemCount { get; }

    /// <summary>How many users there are.</summary>
    public int UserCount => offsets.Length - 1;

    /// <summary>How many interactions there are.</summary>
    public int InteractionCount { get; }

    /// <summary>Whether interactions carry times.</summary>
    public bool HasTimes => times is not null;

    /// <summary>How many interactions a user has.</summary>
    /// <param name="user">0..<see cref="UserCount"/>-1.</param>
    public int Length(int user) => lengths is null ? offsets[user + 1] - offsets[user] : lengths[user];

    /// <summary>A user's items, oldest first.</summary>
    /// <param name="user">0..<see cref="UserCount"/>-1.</param>
    public ReadOnlySpan<int> Items(int user) => items.AsSpan(offsets[user], Length(user));

    /// <summary>A user's items, oldest first, to hold on to.</summary>
    /// <param name="user">0..<see cref="UserCount"/>-1.</param>
    public ReadOnlyMemory<int> ItemsMemory(int user) => items.AsMemory(offsets[user], Length(user));

    /// <summary>A user's times in Unix milliseconds, oldest first; empty where the data has none.</summary>
    /// <param name="user">0..<see cref="UserCount"/>-1.</param>
    public ReadOnlySpan<long> Times(int user) => times is null ? [] : times.AsSpan(offsets[user], Length(user));

    /// <summary>The same users with only the first lengths[u] interactions of each; shares this dataset's arrays.</summary>
    /// <param name="lengths">[users]: 0 to the length that the user has here.</param>
    /// <exception cref="ArgumentException">There is not one length a user, or one is out of range.</exception>
    public SequenceDataset Prefixes(int[] lengths)
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (lengths.Length != UserCount)
        {
            throw new ArgumentException($"There are {lengths.Length} lengths for {UserCount} users.", nameof(lengths));
        }

        for (var user = 0; user < lengths.Length; user++)
        {
            if ((uint)lengths[user] > (uint)Length(user))
            {
                throw new ArgumentException(
                    $"User {user} has {Length(user)} interactions; the prefix asked for is {lengths[user]}.", nameof(lengths));
            }
        }

        return new SequenceDataset(this, lengths);
    }
}
