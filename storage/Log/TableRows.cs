using Azure;
using Azure.Data.Tables;

namespace SasRec.Storage.Log;

/// <summary>Many rows at once, within the Table service's limits, and columns that must be there.</summary>
static class TableRows
{
    /// <summary>The most rows of one transaction, all of one partition.</summary>
    public const int MaxActions = 100;

    /// <summary>The text of a column that every such row has.</summary>
    /// <exception cref="InvalidDataException">The row lacks it.</exception>
    public static string RequiredString(this TableEntity row, string column) =>
        row.GetString(column) ?? throw new InvalidDataException($"The row '{row.PartitionKey}', '{row.RowKey}' has no column {column}.");

    /// <summary>Makes some changes of one partition, all or none.</summary>
    /// <remarks>One row alone needs no transaction, which costs a larger request and answer.</remarks>
    public static Task WriteAllAsync(
        this TableClient table, IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellation) => actions switch
        {
            [{ ActionType: TableTransactionActionType.UpsertReplace, Entity: var entity }] =>
                table.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellation),
            [{ ActionType: TableTransactionActionType.Add, Entity: var entity }] => table.AddEntityAsync(entity, cancellation),
            _ => table.SubmitTransactionAsync(actions, cancellation),
        };

    /// <summary>Puts rows of one partition in the place of those with their keys, all or none.</summary>
    public static Task UpsertAllAsync(
        this TableClient table, IReadOnlyCollection<TableEntity> rows, CancellationToken cancellation) =>
        table.WriteAllAsync(
            [.. rows.Select(row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row))], cancellation);

    /// <summary>Deletes rows, whatever they hold by now; a row that is gone already is no error.</summary>
    /// <param name="table">Where they are.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="parallelism">How many transactions at a time.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <param name="formerPartition">Where a row stands that an earlier release wrote; null where it is the same.</param>
    public static async Task DeleteAllAsync(
        this TableClient table, IReadOnlyCollection<TableEntity> rows, int parallelism, CancellationToken cancellation,
        Func<TableEntity, string>? formerPartition = null)
    {
        var transactions = rows.GroupBy(r => r.PartitionKey, StringComparer.Ordinal).SelectMany(partition => partition.Chunk(MaxActions));
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(transactions, options, async (transaction, token) =>
        {
            try
            {
                await table.SubmitTransactionAsync(
                    transaction.Select(r => new TableTransactionAction(TableTransactionActionType.Delete, r, ETag.All)), token);
            }
            catch (TableTransactionFailedException e) when (e.Status == 404)
            {
                // Somebody deletes the same rows, or some stand where an earlier release wrote them: one by one, those that are left.
                foreach (var row in transaction)
                {
                    await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, token);
                    if (formerPartition is not null)
                    {
                        await table.DeleteEntityAsync(formerPartition(row), row.RowKey, ETag.All, token);
                    }
                }
            }
        });
    }
}
