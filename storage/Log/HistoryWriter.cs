using Azure.Data.Tables;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>Writes and deletes rows of histories: the table <c>Interactions</c> and nothing else.</summary>
/// <remarks>
/// An event whose time was assigned at its acceptance can come twice with two times, which would be two rows. So a guard row, named by the
/// event alone, is inserted in the same transaction. Where the guard exists already, the transaction fails, and is sent again with the
/// time that the guard names: the first time stands.
/// </remarks>
sealed class HistoryWriter(StorageConnection storage)
{
    readonly TableClient table = storage.Table(Names.InteractionsTable);
    readonly int parallelism = storage.Options.Parallelism;

    /// <summary>Appends interactions; appending the same again changes nothing.</summary>
    /// <param name="interactions">The interactions, each event of a user once.</param>
    /// <param name="cancellation">Ends the call; what was not finished is finished when the same is appended again.</param>
    /// <returns>The interactions with the times under which they stand.</returns>
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

    /// <summary>Appends interactions of one user and returns them with the times under which they stand.</summary>
    async Task<List<Interaction>> AppendTransactionAsync(List<Interaction> interactions, CancellationToken cancellation)
    {
        var partition = TableKey.Encode(interactions[0].UserId);
        IReadOnlySet<string> guarded = new HashSet<string>();
        while (!await TryAppendAsync(partition, interactions, guarded, cancellation))
        {
            (interactions, guarded) = await WithFirstTimesAsync(partition, interactions, cancellation);
        }

        return interactions;
    }

    /// <summary>Sends one transaction; false where a guard that it inserts exists already.</summary>
    async Task<bool> TryAppendAsync(
        string partition, List<Interaction> interactions, IReadOnlySet<string> guarded, CancellationToken cancellation)
    {
        var actions = new List<TableTransactionAction>();
        foreach (var interaction in interactions)
        {
            var row = InteractionRow.Write(partition, interaction);
            actions.Add(new TableTransactionAction(TableTransactionActionType.UpsertReplace, row));
            if (interaction.TimestampAssigned && !guarded.Contains(interaction.EventId))
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
        catch (TableTransactionFailedException e) when (e.Status == 409)
        {
            return false;
        }
    }

    /// <summary>The interactions with the times that their guards name, and the ids of the events that have guards.</summary>
    async Task<(List<Interaction> Interactions, IReadOnlySet<string> Guarded)> WithFirstTimesAsync(
        string partition, List<Interaction> interactions, CancellationToken cancellation)
    {
        var guarded = new HashSet<string>(StringComparer.Ordinal);
        var resolved = new List<Interaction>(interactions.Count);
        var guards = await Task.WhenAll(interactions.Select(interaction => GuardOfAsync(partition, interaction, cancellation)));
        foreach (var (interaction, guard) in interactions.Zip(guards))
        {
            if (guard is null)
            {
                resolved.Add(interaction);
                continue;
            }

            guarded.Add(interaction.EventId);
            resolved.Add(interaction with { Timestamp = InteractionRow.TimeOf(guard.RequiredString(Names.Columns.Row)) });
        }

        return (resolved, guarded);
    }

    async Task<TableEntity?> GuardOfAsync(string partition, Interaction interaction, CancellationToken cancellation)
    {
        if (!interaction.TimestampAssigned)
        {
            return null;
        }

        var guard = await table.GetEntityIfExistsAsync<TableEntity>(
            partition, InteractionRow.GuardKeyOf(interaction), cancellationToken: cancellation);
        return guard.HasValue ? guard.Value : null;
    }
}
