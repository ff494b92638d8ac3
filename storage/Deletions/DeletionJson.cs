using System.Text.Json.Serialization;

namespace SasRec.Storage.Deletions;

/// <summary>What deletions keep as JSON.</summary>
[JsonSerializable(typeof(Deletion))]
sealed partial class DeletionJson : JsonSerializerContext
{
    public static DeletionJson Compact { get; } = new(StorageJson.Compact());
}
