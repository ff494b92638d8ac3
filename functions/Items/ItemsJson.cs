using System.Text.Json.Serialization;
using SasRec.Core.Items;
using SasRec.Functions.Http;

namespace SasRec.Functions.Items;

/// <summary>What the item endpoints answer.</summary>
[JsonSerializable(typeof(CatalogueItem))]
[JsonSerializable(typeof(ItemPage))]
[JsonSerializable(typeof(StoredItems))]
[JsonSerializable(typeof(DeletedItem))]
sealed partial class ItemsJson : JsonSerializerContext
{
    public static ItemsJson Answers { get; } = new(ApiJson.Options());
}
