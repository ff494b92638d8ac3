using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Page;

/// <summary>What the page's settings are answered with.</summary>
[JsonSerializable(typeof(PageSettings))]
sealed partial class PageJson : JsonSerializerContext
{
    public static PageJson Answers { get; } = new(ApiJson.Options());
}
