using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SasRec.Storage;

/// <summary>How everything that storage keeps as JSON is written: camel case, enums by name, no nulls.</summary>
/// <remarks>Each folder names its own types in a context of its own.</remarks>
static class StorageJson
{
    /// <summary>New options for what machines read.</summary>
    // Ids are any Unicode: escaped, one of 256 units would be six times as long. None of this is ever put into HTML.
    public static JsonSerializerOptions Compact() => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>New options for blobs that people look at.</summary>
    public static JsonSerializerOptions Indented() => new(Compact()) { WriteIndented = true };
}
