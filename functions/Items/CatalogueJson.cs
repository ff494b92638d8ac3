using System.Text.Json.Serialization;
using SasRec.Core.Items;
using SasRec.Functions.Http;

namespace SasRec.Functions.Items;

/// <summary>The catalogue as a file.</summary>
[JsonSerializable(typeof(List<CatalogueItem>))]
sealed partial class CatalogueJson : JsonSerializerContext
{
    public static CatalogueJson Stored { get; } = new(ApiJson.Options());
}
