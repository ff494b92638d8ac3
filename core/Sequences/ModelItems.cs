using System.Text.Json;
using System.Text.Json.Serialization;

namespace SasRec.Core.Sequences;

/// <summary>The items of a model by index, with how often each was acted on: the file <c>items.json</c>.</summary>
/// <remarks>The counts rank items for users of whom nothing is known.</remarks>
public sealed partial class ModelItems
{
    /// <summary>The span of "recent": 7 days up to the newest interaction.</summary>
    public static readonly TimeSpan RecentSpan = TimeSpan.FromDays(7);

    /// <summary>The items of a model.</summary>
    /// <param name="items">The ids.</param>
    /// <param name="counts">[V]: interactions of all time, 0 or more.</param>
    /// <param name="recentCounts">[V]: interactions of the last 7 days of the data; all 0 where the data has no times.</param>
    /// <exception cref="ArgumentException">The lengths disagree, or a count is negative.</exception>
    public ModelItems(ItemVocabulary items, int[] counts, int[] recentCounts)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(recentCounts);
        if (counts.Length != items.Count || recentCounts.Length != items.Count)
        {
            throw new ArgumentException($"There are {items.Count} items, {counts.Length} counts and {recentCounts.Length} recent counts.");
        }

        if (Array.FindIndex(counts, c => c < 0) is >= 0 and var i || (i = Array.FindIndex(recentCounts, c => c < 0)) >= 0)
        {
            throw new ArgumentException($"The counts of item '{items[i]}' are {counts[i]} and {recentCounts[i]}; they must be 0 or more.");
        }

        (Items, Counts, RecentCounts) = (items, counts, recentCounts);
    }

    /// <summary>The ids by index.</summary>
    public ItemVocabulary Items { get; }

    /// <summary>[V]: how often each item was acted on, over all time.</summary>
    public int[] Counts { get; }

    /// <summary>[V]: how often each item was acted on in the last 7 days of the data.</summary>
    public int[] RecentCounts { get; }

    /// <summary>Counts a dataset's interactions.</summary>
    /// <param name="items">The ids of the dataset's items.</param>
    /// <param name="sequences">What to count.</param>
    public static ModelItems Of(ItemVocabulary items, SequenceDataset sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return new ModelItems(items, ItemCounts.AllTime(sequences), ItemCounts.Recent(sequences, RecentSpan));
    }

    /// <summary>Writes the items as UTF-8 JSON.</summary>
    public Task WriteAsync(Stream stream, CancellationToken cancellation = default) =>
        JsonSerializer.SerializeAsync(stream, new Document([.. Items.Ids], Counts, RecentCounts), Json.Default.Document, cancellation);

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The stream does not hold the items of a model.</exception>
    public static async Task<ModelItems> ReadAsync(Stream stream, CancellationToken cancellation = default)
    {
        try
        {
            var document = await JsonSerializer.DeserializeAsync(stream, Json.Default.Document, cancellation).ConfigureAwait(false);
            return document is { Ids: not null, Counts: not null, RecentCounts: not null }
                ? new ModelItems(new ItemVocabulary(document.Ids), document.Counts, document.RecentCounts)
                : throw new InvalidDataException("items.json must have ids, counts and recentCounts.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new InvalidDataException($"items.json cannot be read: {e.Message}", e);
        }
    }

    sealed record Document(string[] Ids, int[] Counts, int[] RecentCounts);

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(Document))]
    sealed partial class Json : JsonSerializerContext;
}
