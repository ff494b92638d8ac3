using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SasRec.Functions.Http;

/// <summary>How every answer is written: camel case, enums by name.</summary>
static class ApiJson
{
    /// <summary>Ids are any Unicode and no answer is put into HTML: escaping would only make them long and hard to read.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>New options, because each context of source-generated types takes options of its own.</summary>
    public static JsonSerializerOptions Options() => new(JsonSerializerDefaults.Web)
    {
        Encoder = Encoder,
        Converters = { new JsonStringEnumConverter() },
    };
}

/// <summary>What a refused or failed request is answered with.</summary>
[JsonSerializable(typeof(Problem))]
sealed partial class HttpJson : JsonSerializerContext
{
    public static HttpJson Answers { get; } = new(ApiJson.Options());
}
