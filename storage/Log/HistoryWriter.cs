using Azure;
using Azure.Data.Tables;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>Writes and deletes rows of histories: the table <c>Interactions</c> and nothing else.</summary>
/// <remarks>
/// An event whose time was assigned at its acceptance can come twice with two times, which would be two rows. So a guard row, named by the
/// event alone, is inserted in the same transaction. Where the guard exists already, the transaction fails, and is sent again with the
/// time that the guard names: the first time stands. An event whose time a client named is one row by its key, which is inserted with the
/// time of acceptance; where it is there already, the first acceptance stands.
/// </remarks>
sealed class HistoryWriter(StorageConnection storage)
{
    readonly TableClient table = storage.Table(Names.InteractionsTable);
    readonly int parallelism = storage.Options.Parallelism;

    /// <summary>Appends interactions; appending the same again changes nothing.</summary>
    /// <param name="interactions">The interactions, each event of a user once.</param>
    /// <param name="cancellation">Ends the call; what was not finished is finished when the same is appended again.</param>
    /// <returns>The interactions with the times and acceptances under which they stand.</returns>
    public async Task<IReadOnlyList<Interaction>> AppendAsync(IEnumerable<Interaction> interactions, CancellationToken cancellation)
    {
        var transactions = interactions.GroupBy(i => i.UserId, StringComparer.Ordinal).SelectMany(Transactions).ToArray();
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForAsync(0, transactions.Length, options, async (i, token) =>
            transactions[i] = await AppendTransactionAsync(transactions[i], token));
        return [.. transactions.SelectMany(i => i)];
    }

    /// <summary>Deletes what a user did up to a time.</summary>
    /// <returns>How many interactions were deleted.</returns>
    public async Task<int> DeleteAsync(string userId, DateTimeOffset upTo, CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {TableKey.Encode(userId)}");
        string[] columns = [nameof(ITableEntity.PartitionKey), nameof(ITableEntity.RowKey), Names.Columns.Row];
        var rows = new List<TableEntity>();
        await foreach (var row in table.QueryAsync<TableEntity>(filter, select: columns, cancellationToken: cancellation))
        {
            var key = InteractionRow.IsGuard(row) ? row.RequiredString(Names.Columns.Row) : row.RowKey;
            if (InteractionRow.TimeOf(key) <= upTo)
            {
                rows.Add(row);
            }
        }

        await table.DeleteAllAsync(rows, parallelism, cancellation);
        return rows.Count(row => !InteractionRow.IsGuard(row));
    }

    /// <summary>One user's interactions in transactions that the Table service takes.</summary>
    static IEnumerable<List<Interaction>> Transactions(IGrouping<string, Interaction> user)
    {
        var transaction = new List<Interaction>();
        var rows = 0;
        foreach (var interaction in user)
        {
            var needed = interaction.TimestampAssigned ? 2 : 1;
            if (rows + needed > TableRows.MaxActions)
            {
                yield return transaction;
                (transaction, rows) = ([], 0);
            }

            transaction.Add(interaction);
            rows += needed;
        }

        yield return transaction;
    }

    /// <summary>Appends interactions of one user and returns them as they stand.</summary>
    async Task<List<Interaction>> AppendTransactionAsync(List<Interaction> interactions, CancellationToken cancellation)
    {
        var partition = TableKey.Encode(interactions[0].UserId);
        IReadOnlySet<string> known = new HashSet<string>();
        while (!await TryAppendAsync(partition, interactions, known, cancellation))
        {
            (interactions, known) = await AsTheyStandAsync(partition, interactions, cancellation);
        }

        return interactions;
    }

    /// <summary>Sends one transaction; false where a row that it inserts exists already.</summary>
    async Task<bool> TryAppendAsync(
        string partition, List<Interaction> interactions, IReadOnlySet<string> known, CancellationToken cancellation)
    {
        var actions = new List<TableTransactionAction>();
        foreach (var interaction in interactions)
        {
            var row = InteractionRow.Write(partition, interaction);
            var isNew = !known.Contains(interaction.EventId);
            actions.Add(new TableTransactionAction(
                isNew && row.Accepted is not null ? TableTransactionActionType.Add : TableTransactionActionType.UpsertReplace, row));
            if (isNew && interaction.TimestampAssigned)
            {
                var guard = new TableEntity(partition, InteractionRow.GuardKeyOf(interaction)) { [Names.Columns.Row] = row.RowKey };
                actions.Add(new TableTransactionAction(TableTransactionActionType.Add, guard));
            }
        }

        try
        {
            await table.WriteAllAsync(actions, cancellation);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    /// <summary>The interactions with the times that their guards name and the acceptances that their rows name, and the ids of the events that
    /// have either.</summary>
    async Task<(List<Interaction> Interactions, IReadOnlySet<string> Known)> AsTheyStandAsync(
        string partition, List<Interaction> interactions, CancellationToken cancellation)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        var standing = new List<Interaction>(interactions.Count);
        var found = await Task.WhenAll(interactions.Select(async interaction => await table.GetEntityIfExistsAsync<TableEntity>(
            partition,
            interaction.TimestampAssigned ? InteractionRow.GuardKeyOf(interaction) : InteractionRow.KeyOf(interaction),
            [Names.Columns.Row, Names.Columns.Accepted],
            cancellation)));
        foreach (var (interaction, row) in interactions.Zip(found))
        {
            if (!row.HasValue)
            {
                standing.Add(interaction);
                continue;
            }

            known.Add(interaction.EventId);
            standing.Add(interaction.TimestampAssigned
                ? interaction with { Timestamp = InteractionRow.TimeOf(row.Value!.RequiredString(Names.Columns.Row)) }
                : interaction with { AcceptedAt = InteractionRow.AcceptedAt(row.Value!) });
        }

        return (standing, known);
    }
}
