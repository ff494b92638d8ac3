using SasRec.Core.Events;

namespace SasRec.Core.Sequences;

/// <summary>Gathers interactions in any order and packs them into a dataset.</summary>
/// <remarks>
/// Ids get their indices in ordinal order and a user's history is ordered by time and acceptance (<see cref="AcceptanceOrder"/>), then by
/// event id, so the dataset does not depend on the order in which interactions arrived.
/// Interactions without event ids keep their order of arrival within the same time.
/// What is ignored is left out, and so is what users turned down: the event, and their earlier actions with the item
/// (<see cref="EventMeanings"/>).
/// Costs 16 bytes an interaction until it is put in order and 12 from then on, 4 more where not every event counts 1; before it is in order,
/// 8 more where it is of the log, 8 more and the string where it has an event id. <see cref="EndUsers"/> puts in order what has come so far.
/// </remarks>
/// <param name="meanings">What events mean; null for the defaults.</param>
public sealed class InteractionDatasetBuilder(EventMeanings? meanings = null)
{
    // The rows of 20 million interactions are a megabyte in each.
    const int Parts = 256;

    readonly List<OrderedRows> ordered = [];
    readonly ArrivedRows[] arrived = [.. Enumerable.Range(0, Parts).Select(_ => new ArrivedRows())];
    IdTable users = new();
    IdTable items = new();
    int firstUser; // Of those whose rows have just arrived.
    bool hasTimes = true;

    /// <summary>What events mean.</summary>
    public EventMeanings Meanings { get; } = meanings ?? EventMeanings.Default;

    /// <summary>How many interactions were added, duplicates included; ignored ones are not.</summary>
    public int Count { get; private set; }

    /// <summary>The slates that interactions came through.</summary>
    public IReadOnlySet<string> RecommendationIds => ordered.SelectMany(part => part.Slates?.Values.AsEnumerable() ?? [])
        .Concat(arrived.SelectMany(part => part.Slates)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Adds an interaction of the log.</summary>
    /// <exception cref="ArgumentException">The user's interactions were said to be complete.</exception>
    public void Add(Interaction interaction)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        var meaning = Meanings.Of(interaction);
        if (meaning.Feedback != Feedback.Ignored)
        {
            var rows = Add(interaction.UserId, interaction.ItemId, TicksOf(interaction.Timestamp), meaning);
            rows.Name(interaction.EventId, interaction.RecommendationId);
            rows.Accept(TicksOf(interaction.AcceptedAt ?? interaction.Timestamp));
        }
    }

    /// <summary>Adds an interaction.</summary>
    /// <param name="userId">Who acted.</param>
    /// <param name="itemId">What they acted on.</param>
    /// <param name="time">Unix milliseconds; null where the data has no times, and then for every interaction.</param>
    /// <param name="eventId">A user's second interaction with the same event id is left out; null where the data has none.</param>
    public void Add(string userId, string itemId, long? time, string? eventId = null) =>
        Add(userId, itemId, time * TimeSpan.TicksPerMillisecond, EventMeaning.Action).Name(eventId, null);

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

        // Both wait for memory most of the time, each for a table of its own.
        Parallel.Invoke(() => users.IndexOf(batch.Text, batch.Users, user), () => items.IndexOf(batch.Text, batch.Items, item));
        for (var i = 0; i < batch.Count; i++)
        {
            var row = newestFirst ? batch.Count - 1 - i : i;
            Add(user[row], item[row], hasTimes ? batch.Times[row] * TimeSpan.TicksPerMillisecond : 0, batch.Meanings[row]);
        }
    }

    /// <summary>Says that no more interactions come of users who had any so far: what they need of memory until then is freed.</summary>
    /// <param name="cancellation">Ends the call.</param>
    public void EndUsers(CancellationToken cancellation = default)
    {
        var parts = new OrderedRows?[Parts];
        Parallel.For(0, Parts, new ParallelOptions { CancellationToken = cancellation }, part =>
        {
            if (arrived[part].Count > 0)
            {
                var count = (users.Count - firstUser - part + Parts - 1) / Parts;
                parts[part] = arrived[part].InOrder(count, user => firstUser + part + (user * Parts), hasTimes);
                arrived[part] = new ArrivedRows();
            }
        });
        ordered.AddRange(parts.OfType<OrderedRows>());
        firstUser = users.Count;
    }

    ArrivedRows Add(string userId, string itemId, long? ticks, EventMeaning meaning)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        ArgumentException.ThrowIfNullOrEmpty(itemId);
        RequireTimes(ticks.HasValue);
        return Add(users.IndexOf(userId), items.IndexOf(itemId), ticks ?? 0, meaning);
    }

    ArrivedRows Add(int user, int item, long ticks, EventMeaning meaning)
    {
        if (user < firstUser)
        {
            throw new ArgumentException($"More interactions of user '{users[user]}' come after the end of that user's.");
        }

        var rows = arrived[(user - firstUser) % Parts];
        rows.Add((user - firstUser) / Parts, item, ticks, meaning);
        Count++;
        return rows;
    }

    static long TicksOf(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks;

    void RequireTimes(bool given)
    {
        if (Count > 0 && hasTimes != given)
        {
            throw new ArgumentException("Either every interaction has a time or none has.");
        }

        hasTimes = given;
    }

    /// <summary>Packs what was added; the builder is empty from then on.</summary>
    /// <param name="options">What is left out, and how the rest counts; null takes the defaults.</param>
    /// <param name="propensities">By recommendation id and item id, what was logged; asked only where the options weigh by it.</param>
    /// <param name="cancellation">Ends the call.</param>
    public InteractionDataset Build(
        DatasetOptions? options = null,
        IReadOnlyDictionary<(string RecommendationId, string ItemId), double>? propensities = null,
        CancellationToken cancellation = default)
    {
        options = (options ?? new DatasetOptions()).Validated();
        EndUsers(cancellation);
        Shorten(options);

        // As they were added: users and items numbered by first arrival. As they stay: N rows, U users and V items in ordinal order.
        var kept = KeptIds.Count(ordered, users.Count, items.Count, options, out var itemKept); // [users] how many rows stay; [items] whether it stays
        var (itemIds, itemIndex) = KeptIds.Ordinal(items, itemKept); // [V]; [items] the index in V, -1 for an item that goes
        var (userIds, userIndex) = KeptIds.Ordinal(users, Array.ConvertAll(kept, k => k > 0)); // [U]; [users] the index in U, -1 for a user that goes
        var ids = new PackedIds(userIds);
        (users, items, firstUser, Count, userIds) = (new IdTable(), new IdTable(), 0, 0, []); // Their memory goes to the rows.
        var packed = new PackedRows(KeptIds.Offsets(KeptIds.Inverse(userIndex, ids.Count), kept), hasTimes, ordered);
        Parallel.For(0, ordered.Count, new ParallelOptions { CancellationToken = cancellation }, part =>
        {
            packed.Take(ordered[part], userIndex, itemIndex);
            ordered[part] = null!;
        });
        ordered.Clear();
        if (options.MaxWeight is { } maxWeight && propensities is not null)
        {
            packed.Weigh(itemIds, propensities, maxWeight);
        }

        return new InteractionDataset(packed.ToSequences(itemIds.Length, options.AsksForSeenItems), new ItemVocabulary(itemIds), ids);
    }

    /// <summary>Leaves out what is older than the window, or more than a user's newest.</summary>
    void Shorten(DatasetOptions options)
    {
        var newest = ordered.Max(part => part.Times is { Length: > 0 } times ? times.Max() : (long?)null);
        var since = options.WindowDays > 0 && newest is { } last ? last - (options.WindowDays * TimeSpan.MillisecondsPerDay) : long.MinValue;
        if (options.Newest > 0 || since > long.MinValue)
        {
            Parallel.For(0, ordered.Count, part => ordered[part] = ordered[part].Newest(options.Newest > 0 ? options.Newest : int.MaxValue, since));
        }
    }
}
