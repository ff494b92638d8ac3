namespace SasRec.Core.Sequences;

/// <summary>Every user's interactions in time order, packed end to end: user u owns items [offsets[u], offsets[u + 1]).</summary>
/// <remarks>Items are indices 0..<see cref="ItemCount"/>-1. A network sees index + 1; its token 0 is padding.</remarks>
public sealed class SequenceDataset
{
    readonly int[] offsets;
    readonly int[]? lengths;
    readonly int[] items;
    readonly long[]? times;
    readonly float[]? weights;

    /// <summary>Packs histories.</summary>
    /// <param name="itemCount">V: the size of the item vocabulary.</param>
    /// <param name="offsets">[users + 1]: ascending from 0 to the number of interactions.</param>
    /// <param name="items">[interactions]: item indices, each user's in time order.</param>
    /// <param name="times">[interactions]: Unix milliseconds, ascending for each user; null where the data has none.</param>
    /// <param name="weights">[interactions]: how much each counts where it is to be predicted, finite and at least 0; null where all count 1.</param>
    /// <exception cref="ArgumentException">The lengths disagree, an index is outside the item vocabulary, or a weight is out of range.</exception>
    public SequenceDataset(int itemCount, int[] offsets, int[] items, long[]? times = null, float[]? weights = null)
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

        if (weights is not null && weights.Length != items.Length)
        {
            throw new ArgumentException($"There are {weights.Length} weights for {items.Length} interactions.", nameof(weights));
        }

        if (weights is not null && Array.FindIndex(weights, weight => !(weight >= 0 && float.IsFinite(weight))) is >= 0 and var at)
        {
            throw new ArgumentException($"The weight of interaction {at} is {weights[at]}; it must be finite and at least 0.", nameof(weights));
        }

        for (var i = 0; i < items.Length; i++)
        {
            if ((uint)items[i] >= (uint)itemCount)
            {
                throw new ArgumentException(
                    $"Interaction {i} names item {items[i]}; the item vocabulary has 0 to {itemCount - 1}.", nameof(items));
            }
        }

        ItemCount = itemCount;
        InteractionCount = items.Length;
        (this.offsets, this.items, this.times, this.weights) = (offsets, items, times, weights);
    }

    SequenceDataset(SequenceDataset whole, int[] lengths)
    {
        ItemCount = whole.ItemCount;
        InteractionCount = lengths.Sum();
        (AsksForSeenItems, Shown) = (whole.AsksForSeenItems, whole.Shown);
        (offsets, this.lengths, items, times, weights) = (whole.offsets, lengths, whole.items, whole.times, whole.weights);
    }

    SequenceDataset(SequenceDataset of, float[]? weights)
    {
        (ItemCount, InteractionCount, AsksForSeenItems, Shown) = (of.ItemCount, of.InteractionCount, of.AsksForSeenItems, of.Shown);
        (offsets, lengths, items, times, this.weights) = (of.offsets, of.lengths, of.items, of.times, weights);
    }

    /// <summary>V: the size of the item vocabulary.</summary>
    public int ItemCount { get; }

    /// <summary>How many users there are.</summary>
    public int UserCount => offsets.Length - 1;

    /// <summary>How many interactions there are.</summary>
    public int InteractionCount { get; }

    /// <summary>Whether interactions carry times.</summary>
    public bool HasTimes => times is not null;

    /// <summary>
    /// Whether an action on an item that already stands in the user's history is something to learn and to ask for. False by default: most
    /// placements leave out what a user has acted on, so such an answer could never be shown.
    /// </summary>
    public bool AsksForSeenItems { get; init; }

    /// <summary>[interactions of the packed whole]: whether it was on an item that a slate showed, and names the slate; null where none did.</summary>
    public bool[]? Shown { get; init; }

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

    /// <summary>Whether an interaction was on an item that a slate showed.</summary>
    /// <param name="user">0..<see cref="UserCount"/>-1.</param>
    /// <param name="place">0 for the user's oldest.</param>
    public bool WasShown(int user, int place) => Shown is not null && Shown[offsets[user] + place];

    /// <summary>Whether interactions carry weights.</summary>
    public bool HasWeights => weights is not null;

    /// <summary>How much each of a user's interactions counts where training predicts it, oldest first; empty where all count 1.</summary>
    /// <param name="user">0..<see cref="UserCount"/>-1.</param>
    public ReadOnlySpan<float> Weights(int user) => weights is null ? [] : weights.AsSpan(offsets[user], Length(user));

    /// <summary>The same interactions with other weights; shares this dataset's arrays.</summary>
    /// <param name="newWeights">[interactions of the packed whole]; null where all count 1.</param>
    public SequenceDataset WithWeights(float[]? newWeights) => lengths is null
        ? new SequenceDataset(ItemCount, offsets, items, times, newWeights) { AsksForSeenItems = AsksForSeenItems, Shown = Shown }
        : throw new InvalidOperationException("Only a whole dataset takes weights, not its prefixes.");

    /// <summary>How many interactions are with an item that stands earlier in the same history.</summary>
    public int RepeatCount
    {
        get
        {
            var (count, seen) = (0, new ItemMarks(ItemCount));
            for (var user = 0; user < UserCount; user++)
            {
                seen.Clear();
                foreach (var item in Items(user))
                {
                    count += seen.Add(item) ? 0 : 1;
                }
            }

            return count;
        }
    }

    /// <summary>
    /// The same interactions, where each with an item that stands earlier in the same history weighs 0, so that training does not predict
    /// it; this dataset where there are none, or where <see cref="AsksForSeenItems"/> is set. Shares this dataset's other arrays.
    /// </summary>
    public SequenceDataset WithoutRepeatsAsTargets()
    {
        if (AsksForSeenItems)
        {
            return this;
        }

        float[]? masked = null;
        var seen = new ItemMarks(ItemCount);
        for (var user = 0; user < UserCount; user++)
        {
            seen.Clear();
            for (var i = offsets[user]; i < offsets[user] + Length(user); i++)
            {
                if (!seen.Add(items[i]))
                {
                    masked ??= Copy();
                    masked[i] = 0;
                }
            }
        }

        return masked is null ? this : new SequenceDataset(this, masked);

        float[] Copy()
        {
            var copy = new float[items.Length];
            if (weights is null)
            {
                Array.Fill(copy, 1);
            }
            else
            {
                weights.CopyTo(copy, 0);
            }

            return copy;
        }
    }

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
