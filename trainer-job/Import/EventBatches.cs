using System.Text.Json;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Import;

/// <summary>A file's interactions as requests of POST /api/events.</summary>
static class EventBatches
{
    /// <summary>Packs a file's interactions into requests.</summary>
    /// <param name="file">The file.</param>
    /// <param name="times">The times to send.</param>
    /// <param name="batchSize">The most events in one request.</param>
    /// <param name="afterLine">Lines up to this one were sent before.</param>
    public static IEnumerable<ImportBatch> Pack(InteractionFile file, EventTimes times, int batchSize, long afterLine) => ImportBatch.Pack(
        ImportTarget.Events.Noun,
        batchSize,
        onBytes => file.Read(onBytes).Where(interaction => interaction.Line > afterLine),
        interaction => interaction.Line,
        (json, interaction) => Write(json, interaction, times));

    static void Write(Utf8JsonWriter json, FileInteraction interaction, EventTimes times)
    {
        json.WriteStartObject();
        json.WriteString("eventId", EventIds.Of(interaction));
        json.WriteString("userId", interaction.UserId);
        json.WriteString("itemId", interaction.ItemId);
        json.WriteString("timestamp", times.For(interaction));
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
