using System.Runtime.InteropServices;
using SasRec.Core.Events;

namespace SasRec.Core.Sequences;

/// <summary>Gathers interactions in any order and packs them into a dataset.</summary>
/// <remarks>
/// Ids get their indices in ordinal order and a user's history is ordered by time to the tick, which holds the order of acceptance (see
/// <see cref="AcceptanceOrder"/>), then by event id, so the dataset does not depend on the order in which interactions arrived.
/// Interactions without event ids keep their order of arrival within the same time.
/// What is ignored is left out, and so is what users turned down: the event, and their earlier actions with the item
/// (<see cref="EventMeanings"/>).
/// Costs 16 bytes an interaction, 8 more and the string where it has an event id, 4 more where not every event counts 1.
/// </remarks>
/// <param name="meanings">What events mean; null for the defaults.</param>
public sealed class InteractionDatasetBuilder(EventMeanings? meanings = null)
{
    // In the list of weights: the event turns its item down.
    const float TurnsDown = -1;

    readonly Dictionary<string, int> users = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> items = new(StringComparer.Ordinal);
    readonly List<(int User, int Item, long Ticks)> rows = [];
    readonly List<string?> eventIds = [];
    readonly List<float> eventWeights = []; // Empty, or one of each row so far; rows behind its end count 1.
    readonly Dictionary<int, string> slates = [];
    bool hasTimes = true;

    /// <summary>What events mean.</summary>
    public EventMeanings Meanings { get; } = meanings ?? EventMeanings.Default;

    /// <summary>How many interactions were added, duplicates included; ignored ones are not.</summary>
    public int Count => rows.Count;

    /// <summary>The slates that interactions came through.</summary>
    public IReadOnlySet<string> RecommendationIds => slates.Values.ToHashSet(StringComparer.Ordinal);

    /// <summary>Adds an interaction of the log.</summary>
    public void Add(Interaction interaction)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        var meaning = Meanings.Of(interaction);
        if (meaning.Feedback == Feedback.Ignored)
        {
            return;
        }

        SetMeaning(meaning);
        if (interaction.RecommendationId is { } slate)
        {
            slates[rows.Count] = slate;
        }

        AddAt(interaction.UserId, interaction.ItemId, (interaction.Timestamp - DateTimeOffset.UnixEpoch).Ticks, interaction.EventId);
    }

    /// <summary>Adds an interaction.</summary>
    /// <param name="userId">Who acted.</param>
    /// <param name="itemId">What they acted on.</param>
    /// <param name="time">Unix milliseconds; null where the data has no times, and then for every interaction.</param>
    /// <param name="eventId">A user's second interaction with the same event id is left out; null where the data has none.</param>
    public void Add(string userId, string itemId, long? time, string? eventId = null) =>
        AddAt(userId, itemId, time * TimeSpan.TicksPerMillisecond, eventId);

    /// <summary>Notes what the row to be added next means.</summary>
    void SetMeaning(EventMeaning meaning)
    {
        var weight = meaning.Feedback == Feedback.Negative ? TurnsDown : meaning.Weight;
        if (weight != 1)
        {
            while (eventWeights.Count < rows.Count)
            {
                eventWeights.Add(1);
            }

            eventWeights.Add(weight);
        }
    }

    float WeightOf(int row) => row < eventWeights.Count ? eventWeights[row] : 1;

    /// <param name="userId">Who acted.</param>
    /// <param name="itemId">What they acted on.</param>
    /// <param name="time">Ticks since the start of 1970.</param>
    /// <param name="eventId">The event.</param>
    void AddAt(string userId, string itemId, long? time, string? eventId)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        ArgumentException.ThrowIfNullOrEmpty(itemId);
        if (rows.Count > 0 && hasTimes != time.HasValue)
        {
            throw new ArgumentException("Either every interaction has a time or none has.", nameof(time));
        }

        hasTimes = time.HasValue;
        if (eventId is not null)
        {
            CollectionsMarshal.SetCount(eventIds, rows.Count);
            eventIds.Add(eventId);
        }

        rows.Add((IndexOf(users, userId), IndexOf(items, itemId), time ?? 0));

        static int IndexOf(Dictionary<string, int> indices, string id)
        {
            ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(indices, id, out var known);
            return known ? index : index = indices.Count - 1;
        }
    }

    /// <summary>Adds an interaction whose ids stand in a larger text; ids that are known cost no memory.</summary>
    /// <param name="userId">Who acted.</param>
    /// <param name="itemId">What they acted on.</param>
    /// <param name="time">Unix milliseconds; null where the data has no times, and then for every interaction.</param>
    /// <param name="meaning">What the event means.</param>
    public void Add(ReadOnlySpan<char> userId, ReadOnlySpan<char> itemId, long? time, EventMeaning meaning)
    {
        if (meaning.Feedback == Feedback.Ignored)
        {
            return;
        }

        if (userId.IsEmpty || itemId.IsEmpty)
        {
            throw new ArgumentException("An id must have at least one character.", userId.IsEmpty ? nameof(userId) : nameof(itemId));
        }

        if (rows.Count > 0 && hasTimes != time.HasValue)
        {
            throw new ArgumentException("Either every interaction has a time or none has.", nameof(time));
        }

        hasTimes = time.HasValue;
        SetMeaning(meaning);
        rows.Add((IndexOf(users, userId), IndexOf(items, itemId), (time ?? 0) * TimeSpan.TicksPerMillisecond));

        static int IndexOf(Dictionary<string, int> indices, ReadOnlySpan<char> id)
        {
            var lookup = indices.GetAlternateLookup<ReadOnlySpan<char>>();
            ref var index = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, id, out var known);
            return known ? index : index = indices.Count - 1;
        }
    }

    /// <summary>Packs what was added.</summary>
    /// <param name="options">What is left out, and how the rest counts; null takes the defaults.</param>
    /// <param name="propensities">By recommendation id and item id, what was logged; asked only where the options weigh by it.</param>
    public InteractionDataset Build(
        DatasetOptions? options = null, IReadOnlyDictionary<(string RecommendationId, string ItemId), double>? propensities = null)
    {
        options = (options ?? new DatasetOptions()).Validated();
        CollectionsMarshal.SetCount(eventIds, eventIds.Count == 0 ? 0 : rows.Count);

        // As they were added: R rows, users and items numbered by first arrival. As they stay: N rows, U users and V items in ordinal order.
        var ordered = InOrder(out var starts); // [R] row numbers, -1 for a duplicate; [users + 1] where each user's begin
        var kept = Kept(ordered, starts, options, out var itemKept); // [users] how many rows stay; [items] whether it stays
        var (itemIds, itemIndex) = Ordinal(items, itemKept); // [V]; [items] the index in V, -1 for an item that goes
        var (userIds, userIndex) = Ordinal(users, Array.ConvertAll(kept, k => k > 0)); // [U]; [users] the index in U, -1 for a user that goes
        var userOf = Inverse(userIndex, userIds.Length); // [U] the number of the user as added
        var offsets = Offsets(userOf, kept); // [U + 1] where each user's rows begin in N
        var stay = Stay(userOf, ordered, starts, itemKept, offsets[^1]); // [N] row numbers
        var weights = options.MaxWeight is { } maxWeight && propensities is not null ? Weights(stay, itemIds, itemIndex, propensities, maxWeight) : null;
        WeighEvents(stay, ref weights);
        var sequences = new SequenceDataset(
            itemIds.Length,
            offsets,
            Array.ConvertAll(stay, row => itemIndex[rows[row].Item]),
            hasTimes ? Array.ConvertAll(stay, row => rows[row].Ticks / TimeSpan.TicksPerMillisecond) : null,
            weights)
        {
            AsksForSeenItems = options.AsksForSeenItems,
            Shown = slates.Count == 0 ? null : Array.ConvertAll(stay, slates.ContainsKey),
        };
        return new InteractionDataset(sequences, new ItemVocabulary(itemIds), userIds);
    }

    /// <summary>[N]: 1, or where a propensity was logged its inverse, clipped (<see cref="PropensityWeights"/>).</summary>
    float[] Weights(
        int[] stay,
        string[] itemIds,
        int[] itemIndex,
        IReadOnlyDictionary<(string RecommendationId, string ItemId), double> propensities,
        double maxWeight)
    {
        var logged = new List<(int Place, double Propensity)>();
        for (var place = 0; place < stay.Length; place++)
        {
            if (slates.TryGetValue(stay[place], out var slate)
                && propensities.TryGetValue((slate, itemIds[itemIndex[rows[stay[place]].Item]]), out var propensity))
            {
                logged.Add((place, propensity));
            }
        }

        var weights = new float[stay.Length];
        Array.Fill(weights, 1);
        var clipped = PropensityWeights.Clipped([.. logged.Select(one => one.Propensity)], maxWeight);
        foreach (var (i, (place, _)) in logged.Index())
        {
            weights[place] = clipped[i];
        }

        return weights;
    }

    /// <summary>[N]: multiplies the weights, null for all 1, by those of the events.</summary>
    void WeighEvents(int[] stay, ref float[]? weights)
    {
        for (var place = 0; place < stay.Length; place++)
        {
            if (WeightOf(stay[place]) is not 1 and var weight)
            {
                if (weights is null)
                {
                    weights = new float[stay.Length];
                    Array.Fill(weights, 1);
                }

                weights[place] *= weight;
            }
        }
    }

    /// <summary>[count]: the old number of each new one, where <paramref name="indexOf"/> gives the new number of each old one or -1.</summary>
    static int[] Inverse(int[] indexOf, int count)
    {
        var inverse = new int[count];
        for (var old = 0; old < indexOf.Length; old++)
        {
            if (indexOf[old] >= 0)
            {
                inverse[indexOf[old]] = old;
            }
        }

        return inverse;
    }

    static int[] Offsets(int[] userOf, int[] kept)
    {
        var offsets = new int[userOf.Length + 1];
        for (var u = 0; u < userOf.Length; u++)
        {
            offsets[u + 1] = offsets[u] + kept[userOf[u]];
        }

        return offsets;
    }

    /// <summary>[count]: the rows that stay, user after user in their order in the dataset, each user's in time order.</summary>
    int[] Stay(int[] userOf, int[] ordered, int[] starts, bool[] itemKept, int count)
    {
        var stay = new int[count];
        var next = 0;
        foreach (var user in userOf)
        {
            foreach (var row in ordered.AsSpan(starts[user]..starts[user + 1]))
            {
                if (row >= 0 && itemKept[rows[row].Item])
                {
                    stay[next++] = row;
                }
            }
        }

        return stay;
    }

    /// <summary>Row numbers by user, each user's in time order; -1 stands for a duplicate.</summary>
    int[] InOrder(out int[] starts)
    {
        starts = new int[users.Count + 1];
        foreach (var row in CollectionsMarshal.AsSpan(rows))
        {
            starts[row.User + 1]++;
        }

        for (var user = 0; user < users.Count; user++)
        {
            starts[user + 1] += starts[user];
        }

        var ordered = new int[rows.Count];
        var next = starts.AsSpan(0, users.Count).ToArray();
        for (var row = 0; row < rows.Count; row++)
        {
            ordered[next[rows[row].User]++] = row;
        }

        for (var user = 0; user < users.Count; user++)
        {
            var mine = ordered.AsSpan(starts[user]..starts[user + 1]);
            mine.Sort(ByTimeThenEventId);
            DropDuplicates(mine);
            DropTurnedDown(mine);
        }

        return ordered;
    }

    int ByTimeThenEventId(int a, int b)
    {
        var order = rows[a].Ticks.CompareTo(rows[b].Ticks);
        if (order == 0 && eventIds.Count > 0)
        {
            order = string.CompareOrdinal(eventIds[a], eventIds[b]);
        }

        return order == 0 ? a.CompareTo(b) : order;
    }

    /// <summary>Keeps the first of each event id: the earliest time, where a redelivery was given another.</summary>
    void DropDuplicates(Span<int> ordered)
    {
        if (eventIds.Count == 0 || ordered.Length < 2)
        {
            return;
        }

        var seen = new HashSet<string>(ordered.Length, StringComparer.Ordinal);
        foreach (ref var row in ordered)
        {
            if (eventIds[row] is { } id && !seen.Add(id))
            {
                row = -1;
            }
        }
    }

    /// <summary>Drops events that turn items down, and what the user did before with an item whose newest event turns it down.</summary>
    void DropTurnedDown(Span<int> ordered)
    {
        var any = false;
        foreach (var row in ordered)
        {
            any |= row >= 0 && WeightOf(row) == TurnsDown;
        }

        if (!any)
        {
            return;
        }

        var wanted = new Dictionary<int, bool>();
        for (var i = ordered.Length - 1; i >= 0; i--)
        {
            ref var row = ref ordered[i];
            if (row >= 0)
            {
                var (item, down) = (rows[row].Item, WeightOf(row) == TurnsDown);
                wanted.TryAdd(item, !down);
                row = down || !wanted[item] ? -1 : row;
            }
        }
    }

    /// <summary>How many rows of each user stay, and which items do.</summary>
    int[] Kept(int[] ordered, int[] starts, DatasetOptions options, out bool[] itemKept)
    {
        var itemCounts = new int[items.Count];
        foreach (var row in ordered)
        {
            if (row >= 0)
            {
                itemCounts[rows[row].Item]++;
            }
        }

        itemKept = Array.ConvertAll(itemCounts, count => count >= options.MinItemCount);
        var userCounts = new int[users.Count];
        var finalCounts = new int[items.Count];
        for (var user = 0; user < users.Count; user++)
        {
            var mine = ordered.AsSpan(starts[user]..starts[user + 1]);
            foreach (var row in mine)
            {
                if (row >= 0 && itemKept[rows[row].Item])
                {
                    userCounts[user]++;
                }
            }

            if (userCounts[user] < options.MinUserCount)
            {
                userCounts[user] = 0;
                continue;
            }

            foreach (var row in mine)
            {
                if (row >= 0)
                {
                    finalCounts[rows[row].Item]++;
                }
            }
        }

        for (var item = 0; item < itemKept.Length; item++)
        {
            itemKept[item] &= finalCounts[item] > 0;
        }

        return userCounts;
    }

    /// <summary>The ids that stay, in ordinal order, and the new index of each old one, -1 for those that go.</summary>
    static (string[] Ids, int[] IndexOf) Ordinal(Dictionary<string, int> indices, bool[] kept)
    {
        var ids = indices.Where(pair => kept[pair.Value]).Select(pair => pair.Key).ToArray();
        Array.Sort(ids, StringComparer.Ordinal);
        var indexOf = new int[indices.Count];
        Array.Fill(indexOf, -1);
        for (var i = 0; i < ids.Length; i++)
        {
            indexOf[indices[ids[i]]] = i;
        }

        return (ids, indexOf);
    }
}
