using System.IO.Compression;
using System.Text.Json;
using Azure.Data.Tables;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>The row of an impression: compressed JSON, and the user's name for those that have one.</summary>
static class SlateRow
{
    /// <summary>The row of an impression.</summary>
    /// <exception cref="ArgumentException">The recommendation id is none that <see cref="RecommendationId.New"/> makes.</exception>
    public static TableEntity Write(Impression impression)
    {
        if (!RecommendationId.TryGetTime(impression.RecommendationId, out var at))
        {
            throw new ArgumentException(
                $"'{impression.RecommendationId}' is not a recommendation id: 32 lower-case hexadecimal digits of a version 7 UUID.",
                nameof(impression));
        }

        var row = new TableEntity(SlateKey.PartitionOf(impression.RecommendationId, at), impression.RecommendationId);
        using var compressed = new MemoryStream();
        using (var brotli = new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, impression, LogJson.Compact.Impression);
        }

        DataColumns.Write(row, compressed.ToArray());
        if (impression.UserId is { } user)
        {
            row[Names.Columns.User] = user;
        }

        return row;
    }

    /// <summary>The impression of a row.</summary>
    public static Impression Read(TableEntity row)
    {
        using var json = new BrotliStream(new MemoryStream(DataColumns.Read(row)), CompressionMode.Decompress);
        return JsonSerializer.Deserialize(json, LogJson.Compact.Impression)!;
    }

    /// <summary>Where an earlier release kept it; nothing is there of most.</summary>
    public static TableEntity Former(Impression impression) => new(
        SlateKey.FormerPartitionOf(impression.RecommendationId, RecommendationId.TryGetTime(impression.RecommendationId, out var at) ? at : default),
        impression.RecommendationId);
}
