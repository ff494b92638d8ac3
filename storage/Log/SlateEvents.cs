using Azure.Data.Tables;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>What users did with slates, as rows beside the slates: one range read joins served, seen and interacted.</summary>
/// <remarks>
/// A row's key is made of the slate, the user and the event, so that an event that comes again is the same row, and one that comes before
/// its slate is logged waits there for it. The row does not name the user.
/// </remarks>
sealed class SlateEvents(StorageConnection storage)
{
    readonly TableClient table = storage.Table(Names.ImpressionsTable);
    readonly int parallelism = storage.Options.Parallelism;

    /// <summary>Appends what names a slate; what names none that this system can have served is passed over.</summary>
    public async Task AppendAsync(IEnumerable<Interaction> interactions, CancellationToken cancellation)
    {
        var transactions = interactions
            .Select(Write)
            .OfType<TableEntity>()
            .DistinctBy(row => (row.PartitionKey, row.RowKey))
            .GroupBy(row => row.PartitionKey, StringComparer.Ordinal)
            .SelectMany(partition => partition.Chunk(TableRows.MaxActions))
            .ToArray();
        var options = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation };
        await Parallel.ForEachAsync(transactions, options, async (rows, token) =>
            await table.UpsertAllAsync(rows, token));
    }

    public static SlateEvent Read(TableEntity row) => new(
        row.RequiredString(Names.Columns.Item),
        row.RequiredString(Names.Columns.Type),
        row.GetDateTimeOffset(Names.Columns.At)!.Value,
        row.GetDouble(Names.Columns.Value));

    static TableEntity? Write(Interaction interaction)
    {
        if (interaction.RecommendationId is not { } id || !RecommendationId.TryGetTime(id, out var at))
        {
            return null;
        }

        var row = new TableEntity(SlateKey.PartitionOf(id, at), SlateKey.EventRow(id, interaction.UserId, interaction.EventId))
        {
            [Names.Columns.Item] = interaction.ItemId,
            [Names.Columns.Type] = interaction.Type,
            [Names.Columns.At] = interaction.Timestamp.ToUniversalTime(),
        };
        if (interaction.Value is { } value)
        {
            row[Names.Columns.Value] = value;
        }

        return row;
    }
}
