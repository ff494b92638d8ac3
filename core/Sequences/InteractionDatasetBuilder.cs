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
    readonly IdTable users = new();
    readonly IdTable items = new();
    readonly List<(int User, int Item, long Ticks)> rows = [];
    readonly List<string?> eventIds = [];
    readonly EventWeights eventWeights = new();
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

        eventWeights.Set(rows.Count, meaning);
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

    /// <param name="userId">Who acted.</param>
    /// <param name="itemId">What they acted on.</param>
    /// <param name="time">Ticks since the start of 1970.</param>
    /// <param name="eventId">The event.</param>
    void AddAt(string userId, string itemId, long? time, string? eventId)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        ArgumentException.ThrowIfNullOrEmpty(itemId);
        RequireTimes(time.HasValue);
        if (eventId is not null)
        {
            CollectionsMarshal.SetCount(eventIds, rows.Count);
            eventIds.Add(eventId);
        }

        rows.Add((users.IndexOf(userId), items.IndexOf(itemId), time ?? 0));
    }

    /// <summary>Adds the interactions of a batch; ids that are known cost no memory.</summary>
    /// <param name="batch">The interactions.</param>
    /// <param name="hasTimes">Whether they have times.</param>
    /// <param name="newestFirst">Whether they are added from the last to the first.</param>
    public void Add(InteractionBatch batch, bool hasTimes, bool newestFirst = false)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
        {
            return;
        }

        RequireTimes(hasTimes);
        var (user, item) = (new int[batch.Count], new int[batch.Count]);
        users.IndexOf(batch.Text, batch.Users, user);
        items.IndexOf(batch.Text, batch.Items, item);
        for (var i = 0; i < batch.Count; i++)
        {
            var row = newestFirst ? batch.Count - 1 - i : i;
            eventWeights.Set(rows.Count, batch.Meanings[row]);
            rows.Add((user[row], item[row], hasTimes ? batch.Times[row] * TimeSpan.TicksPerMillisecond : 0));
        }
    }

    void RequireTimes(bool given)
    {
        if (rows.Count > 0 && hasTimes != given)
        {
            throw new ArgumentException("Either every interaction has a time or none has.");
        }

        hasTimes = given;
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
        // ordered: [R] row numbers, -1 for a row that goes. starts: [users + 1] where each user's begin. itemOf: [R] the item of each in that order.
        var ordered = new HistoryOrder(rows, eventIds, eventWeights).InOrder(users.Count, out var starts, out var itemOf);
        var kept = KeptIds.Count(itemOf, starts, items.Count, options, out var itemKept); // [users] how many rows stay; [items] whether it stays
        var (itemIds, itemIndex) = KeptIds.Ordinal(items, itemKept); // [V]; [items] the index in V, -1 for an item that goes
        var (userIds, userIndex) = KeptIds.Ordinal(users, Array.ConvertAll(kept, k => k > 0)); // [U]; [users] the index in U, -1 for a user that goes
        var userOf = KeptIds.Inverse(userIndex, userIds.Length); // [U] the number of the user as added
        var offsets = KeptIds.Offsets(userOf, kept); // [U + 1] where each user's rows begin in N
        var (stay, itemsOfStay, times) = Stay(userOf, ordered, itemOf, starts, itemKept, itemIndex, offsets); // [N] row numbers, item indices, times
        var weights = options.MaxWeight is { } maxWeight && propensities is not null ? Weights(stay, itemIds, itemIndex, propensities, maxWeight) : null;
        WeighEvents(stay, ref weights);
        var sequences = new SequenceDataset(
            itemIds.Length,
            offsets,
            itemsOfStay,
            times,
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
            if (eventWeights[stay[place]] is not 1 and var weight)
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

    /// <summary>[N]: the rows that stay, user after user in their order in the dataset, each user's in time order; with their items and times.</summary>
    (int[] Rows, int[] Items, long[]? Times) Stay(
        int[] userOf, int[] ordered, int[] itemOf, int[] starts, bool[] itemKept, int[] itemIndex, int[] offsets)
    {
        var count = offsets[^1];
        var (stay, found, times) = (new int[count], new int[count], hasTimes ? new long[count] : null);
        Parallel.For(0, userOf.Length, user =>
        {
            var next = offsets[user];
            for (var i = starts[userOf[user]]; i < starts[userOf[user] + 1]; i++)
            {
                if (itemOf[i] >= 0 && itemKept[itemOf[i]])
                {
                    (stay[next], found[next]) = (ordered[i], itemIndex[itemOf[i]]);
                    if (times is not null)
                    {
                        times[next] = rows[ordered[i]].Ticks / TimeSpan.TicksPerMillisecond;
                    }

                    next++;
                }
            }
        });

        return (stay, found, times);
    }
}
