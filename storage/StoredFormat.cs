using System.Text.Json;

namespace SasRec.Storage;

/// <summary>The format version of stored JSON: a field at its top, 0 where it is absent.</summary>
static class StoredFormat
{
    const string Field = "formatVersion";

    /// <summary>Refuses JSON that is newer than this program knows, whatever else it holds.</summary>
    /// <param name="what">What it is: "The training snapshot".</param>
    /// <param name="json">The JSON, an object.</param>
    /// <param name="known">The newest format version that this program reads.</param>
    /// <exception cref="NewerFormatException">It is newer.</exception>
    /// <exception cref="JsonException">It is no JSON, or its version is no whole number.</exception>
    public static void Check(string what, ReadOnlySpan<byte> json, int known)
    {
        var reader = new Utf8JsonReader(json);
        for (var more = reader.Read() && reader.TokenType == JsonTokenType.StartObject; more && reader.Read();)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                return;
            }

            var found = reader.ValueTextEquals(Field);
            reader.Read();
            if (found)
            {
                var version = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number
                    : throw new JsonException($"{Field} must be a whole number.");
                NewerFormatException.ThrowIfNewer(what, version, known);
                return;
            }

            reader.Skip();
        }
    }
}
