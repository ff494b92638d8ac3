using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using SasRec.Core.Events;
using SasRec.Storage.Telemetry;

namespace SasRec.Storage.Log;

/// <summary>What every user did. Appending the same event any number of times, in any order, by any number of workers,
/// leaves one row.</summary>
/// <remarks>
/// A user's rows are one partition; a row's key is the inverted event time and the event's hash, so that the newest history is one range
/// read and an event sent again with its time is the same row. <see cref="HistoryWriter"/> says what becomes of one sent again with
/// another time. Within one moment a reading puts rows in the order of their acceptance (<see cref="AcceptanceOrder"/>).
/// </remarks>
public sealed class InteractionLog(StorageConnection storage)
{
    // So much further a reading goes at most to have a whole moment, of which it tells the newest.
    const int MostOfMoment = 1000;

    readonly TableClient table = storage.Table(Names.InteractionsTable);
    readonly HistoryWriter histories = new(storage);
    readonly ChangeFeed feed = new(storage);
    readonly SlateEvents slates = new(storage);
    readonly Tombstones tombstones = new(storage);

    /// <summary>Appends interactions: first to their users' histories, then beside the slates that they name, then to the change feed.</summary>
    /// <remarks>
    /// <para>A <see cref="Sighting"/> is kept beside its slate alone: no history and no training ever has it.</para>
    /// <para>What a user did before a deletion is not appended, however late it comes; and what an earlier attempt wrote of it is removed.</para>
    /// </remarks>
    /// <param name="interactions">The interactions; an event of a user that stands twice among them counts once, the first.</param>
    /// <param name="cancellation">Ends the call; what was not finished is finished when the same is appended again.</param>
    /// <exception cref="Azure.RequestFailedException">Storage failed; appending the same again is safe.</exception>
    public async Task AppendAsync(IReadOnlyList<Interaction> interactions, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        using var span = TableSpans.Start(Spans.Append, Names.InteractionsTable, interactions.Count);
        var distinct = interactions.DistinctBy(i => (i.UserId, i.EventId)).Where(i => !IsDeleted(i)).ToLookup(Sighting.Is);
        var standing = await histories.AppendAsync(distinct[false], cancellation);
        await slates.AppendAsync(standing.Concat(distinct[true]), cancellation);

        await tombstones.LookAsync(cancellation);
        foreach (var user in interactions.Where(IsDeleted).Select(i => i.UserId).Distinct(StringComparer.Ordinal))
        {
            await histories.DeleteAsync(user, tombstones.Of(user)!.Value, cancellation);
        }

        await feed.AppendAsync([.. standing.Where(i => !IsDeleted(i))], cancellation);
    }

    /// <summary>A user's newest interactions, newest first.</summary>
    /// <param name="userId">Who; a user without history has none.</param>
    /// <param name="count">How many at most, 1 or more; up to 999 are one request.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<IReadOnlyList<Interaction>> NewestAsync(string userId, int count, CancellationToken cancellation = default) =>
        NewestAsync(userId, count, null, InteractionRow.Read, cancellation);

    /// <summary>The same with no more of each interaction than serving needs: about a third of the bytes.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<IReadOnlyList<UserAction>> NewestActionsAsync(string userId, int count, CancellationToken cancellation = default) =>
        NewestAsync(userId, count, InteractionRow.ActionColumns, InteractionRow.ReadAction, cancellation);

    async Task<IReadOnlyList<T>> NewestAsync<T>(
        string userId, int count, IReadOnlyList<string>? columns, Func<TableEntity, T> read, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        using var span = TableSpans.Start(Spans.Read, Names.InteractionsTable);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {TableKey.Encode(userId)} and RowKey ge {InteractionRow.First}");
        var (newest, inOrder) = (new List<TableEntity>(Math.Min(count, 1000) + 1), true);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, Math.Min(count, 999) + 1, columns, cancellation))
        {
            var sameMoment = newest.Count > 0 && InteractionRow.SameMoment(newest[^1], row);
            if (newest.Count >= count && (!sameMoment || newest.Count - count >= MostOfMoment))
            {
                break;
            }

            inOrder &= !sameMoment;
            newest.Add(row);
        }

        IEnumerable<TableEntity> ordered = inOrder ? newest : newest.Order(Comparer<TableEntity>.Create(InteractionRow.NewestFirst));
        return [.. ordered.Take(count).Select(read)];
    }

    /// <summary>A user's interactions page by page, newest first.</summary>
    /// <param name="userId">Who.</param>
    /// <param name="after">Where the page before ended; null for the first.</param>
    /// <param name="count">How many at most, 1 to 1,000.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The page, and where it ended; null where nothing is left.</returns>
    public async Task<(IReadOnlyList<Interaction> Page, string? Next)> PageAsync(
        string userId, string? after, int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var (partition, begin) = (TableKey.Encode(userId), after ?? InteractionRow.First);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {begin}");
        var page = new List<Interaction>(count);
        await foreach (var row in table.QueryAsync<TableEntity>(filter, count, cancellationToken: cancellation))
        {
            page.Add(InteractionRow.Read(row));
            if (page.Count == count)
            {
                return (page, row.RowKey);
            }
        }

        return (page, null);
    }

    /// <summary>Some users who have a history, in the order of their keys. One request for each 1,000 interactions that they have, and at
    /// most one for each user.</summary>
    /// <param name="after">The user after whom to begin; null for the first.</param>
    /// <param name="count">How many at most, 1 or more. Users whose ids are too long to be kept in a key are passed over.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<string>> UsersAsync(string? after, int count, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        string[] keys = [nameof(ITableEntity.PartitionKey)];
        var users = new List<string>(count);
        var (key, found) = (after is null ? "" : TableKey.Encode(after), true);
        while (found && users.Count < count)
        {
            // Behind the last user that was found, however much more they did.
            found = false;
            var filter = TableClient.CreateQueryFilter($"PartitionKey gt {key} and RowKey ge {InteractionRow.First}");
            await foreach (var page in table.QueryAsync<TableEntity>(filter, 1000, keys, cancellation).AsPages())
            {
                foreach (var partition in page.Values.Select(row => row.PartitionKey).Where(partition => partition != key))
                {
                    (key, found) = (partition, true);
                    if (users.Count < count && TableKey.Decode(key) is { } user)
                    {
                        users.Add(user);
                    }
                }

                if (found)
                {
                    break;
                }
            }
        }

        return users;
    }

    /// <summary>Every interaction there is, user by user, each user's newest first. A scan of the whole table.</summary>
    public async IAsyncEnumerable<Interaction> ScanAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var filter = TableClient.CreateQueryFilter($"RowKey ge {InteractionRow.First}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
        {
            yield return InteractionRow.Read(row);
        }
    }

    /// <summary>Deletes a user: the history now, everything up to now from the training snapshot when it is next updated, and whatever
    /// of it is still on its way as it arrives.</summary>
    /// <returns>How many interactions the history had.</returns>
    public async Task<int> DeleteUserAsync(string userId, CancellationToken cancellation = default)
    {
        await BuryAsync(userId, cancellation);
        return await SweepAsync(userId, DateTimeOffset.MaxValue, cancellation);
    }

    /// <summary>Says that a user was deleted with everything up to now; rows that are there stay until <see cref="SweepAsync"/>.</summary>
    /// <returns>Up to when the deletion covers.</returns>
    internal Task<DateTimeOffset> BuryAsync(string userId, CancellationToken cancellation) => tombstones.AddAsync(userId, cancellation);

    /// <summary>Deletes what a user's history holds up to a time.</summary>
    /// <returns>How many interactions it had.</returns>
    internal Task<int> SweepAsync(string userId, DateTimeOffset upTo, CancellationToken cancellation) =>
        histories.DeleteAsync(userId, upTo, cancellation);

    bool IsDeleted(Interaction interaction) => tombstones.Cover(interaction.UserId, interaction.Timestamp);
}
