using System.Text.Json;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Import;

/// <summary>A file's interactions as requests of POST /api/events.</summary>
static class EventBatches
{
    /// <summary>Packs a file's interactions into requests.</summary>
    /// <param name="file">The file, read to its end once.</param>
    /// <param name="batchSize">The most events in one request.</param>
    /// <param name="afterLine">Lines up to this one were sent before.</param>
    public static IEnumerable<ImportBatch> Pack(InteractionFile file, int batchSize, long afterLine)
    {
        var (ids, times) = (new EventIds(), EventTimes.Of(file));
        return ImportBatch.Pack(
            ImportTarget.Events.Noun,
            batchSize,
            onBytes => file.Read(onBytes)
                .Select(interaction => (Said: interaction, Id: ids.Next(interaction), Time: times.Next(interaction)))
                .Where(one => one.Said.Line > afterLine),
            one => one.Said.Line,
            (json, one) => Write(json, one.Said, one.Id, one.Time));
    }

    static void Write(Utf8JsonWriter json, FileInteraction interaction, string id, DateTimeOffset time)
    {
        json.WriteStartObject();
        json.WriteString("eventId", id);
        json.WriteString("userId", interaction.UserId);
        json.WriteString("itemId", interaction.ItemId);
        json.WriteString("timestamp", time);
        if (interaction.Type is not null)
        {
            json.WriteString("type", interaction.Type);
        }

        if (interaction.Source is not null)
        {
            json.WriteString("source", interaction.Source);
        }

        if (interaction.Value is { } value)
        {
            json.WriteNumber("value", value);
        }

        json.WriteEndObject();
    }
}
