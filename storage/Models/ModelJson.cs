using System.Text.Json.Serialization;

namespace SasRec.Storage.Models;

/// <summary>What the registry of models keeps as JSON.</summary>
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(ModelPointer))]
[JsonSerializable(typeof(GateOverride))]
[JsonSerializable(typeof(ShadowPointer))]
sealed partial class ModelJson : JsonSerializerContext
{
    public static ModelJson Indented { get; } = new(StorageJson.Indented());
}
