using System.Text.Json.Serialization;
using SasRec.Core.Items;

namespace SasRec.Storage.Items;

/// <summary>What the catalogue keeps as JSON.</summary>
[JsonSerializable(typeof(CatalogueItem))]
[JsonSerializable(typeof(List<ItemChange>))]
sealed partial class ItemJson : JsonSerializerContext
{
    public static ItemJson Compact { get; } = new(StorageJson.Compact());
}
