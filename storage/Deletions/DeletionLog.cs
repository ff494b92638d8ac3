using System.Runtime.CompilerServices;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using SasRec.Storage.Log;

namespace SasRec.Storage.Deletions;

/// <summary>The deletions that were asked for: one row each, in one partition while it is under way and in another once it is complete.</summary>
/// <remarks>Only the row of a deletion that is under way names the user.</remarks>
public sealed class DeletionLog(StorageConnection storage)
{
    const string UnderWay = "deletions";
    const string Complete = "complete";

    readonly TableClient table = storage.Table(Names.DeletionsTable);

    /// <summary>One deletion; null where there is none of this id.</summary>
    public async Task<Deletion?> GetAsync(string deletionId, CancellationToken cancellation = default)
    {
        if (!RecommendationId.TryGetTime(deletionId, out _))
        {
            return null;
        }

        // Under way first: it moves to the other partition, and never back.
        foreach (var partition in new[] { UnderWay, Complete })
        {
            var row = await table.GetEntityIfExistsAsync<TableEntity>(partition, deletionId, cancellationToken: cancellation);
            if (row.HasValue)
            {
                return Read(row.Value!);
            }
        }

        return null;
    }

    /// <summary>The deletions that are not complete, oldest first.</summary>
    public async IAsyncEnumerable<Deletion> UnderWayAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {UnderWay}");
        await foreach (var row in table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
        {
            yield return Read(row);
        }
    }

    /// <summary>Writes how far a deletion has come.</summary>
    internal async Task SaveAsync(Deletion deletion, CancellationToken cancellation)
    {
        var row = new TableEntity(deletion.IsComplete ? Complete : UnderWay, deletion.DeletionId);
        DataColumns.Write(row, JsonSerializer.SerializeToUtf8Bytes(deletion, DeletionJson.Compact.Deletion));
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation);
        if (deletion.IsComplete)
        {
            await table.DeleteEntityAsync(UnderWay, deletion.DeletionId, ETag.All, cancellation);
        }
    }

    static Deletion Read(TableEntity row) => JsonSerializer.Deserialize(DataColumns.Read(row), DeletionJson.Compact.Deletion)!;
}
