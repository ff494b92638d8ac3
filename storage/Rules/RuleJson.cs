using System.Text.Json.Serialization;

namespace SasRec.Storage.Rules;

/// <summary>What rules are kept as.</summary>
[JsonSerializable(typeof(RuleBook))]
sealed partial class RuleJson : JsonSerializerContext
{
    public static RuleJson Indented { get; } = new(StorageJson.Indented());
}
