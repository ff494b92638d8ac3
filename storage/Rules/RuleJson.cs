using System.Text.Json.Serialization;

namespace SasRec.Storage.Rules;

/// <summary>The rules as a file.</summary>
[JsonSerializable(typeof(RuleBook))]
public sealed partial class RuleJson : JsonSerializerContext
{
    /// <summary>As people read it.</summary>
    public static RuleJson Indented { get; } = new(StorageJson.Indented());
}
