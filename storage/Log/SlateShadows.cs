using System.Text.Json;
using Azure.Data.Tables;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>What shadows made of slates, as rows beside the slates: found by the same range read, and no user in them.</summary>
public sealed class SlateShadows(StorageConnection storage)
{
    readonly TableClient table = storage.Table(Names.ImpressionsTable);

    /// <summary>Appends; what is appended again is the same row.</summary>
    /// <param name="shadows">By recommendation id.</param>
    /// <param name="cancellation">Ends the call; appending the same again is safe.</param>
    public async Task AppendAsync(IReadOnlyDictionary<string, SlateShadow> shadows, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(shadows);
        var transactions = shadows
            .Select(shadow => Write(shadow.Key, shadow.Value))
            .OfType<TableEntity>()
            .GroupBy(row => row.PartitionKey, StringComparer.Ordinal)
            .SelectMany(partition => partition.Chunk(TableRows.MaxActions));
        foreach (var rows in transactions)
        {
            await table.UpsertAllAsync(rows, cancellation);
        }
    }

    internal static SlateShadow Read(TableEntity row) =>
        JsonSerializer.Deserialize(DataColumns.Read(row), LogJson.Compact.SlateShadow)!;

    static TableEntity? Write(string id, SlateShadow shadow)
    {
        if (!RecommendationId.TryGetTime(id, out var at))
        {
            return null;
        }

        var row = new TableEntity(SlateKey.PartitionOf(id, at), SlateKey.ShadowRow(id));
        DataColumns.Write(row, JsonSerializer.SerializeToUtf8Bytes(shadow, LogJson.Compact.SlateShadow));
        return row;
    }
}
