using System.Text.Json.Serialization;

namespace SasRec.Storage.Experiments;

/// <summary>What experiments are kept as.</summary>
[JsonSerializable(typeof(ExperimentBook))]
sealed partial class ExperimentJson : JsonSerializerContext
{
    public static ExperimentJson Indented { get; } = new(StorageJson.Indented());
}
