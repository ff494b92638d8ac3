using System.Text.Json.Serialization;
using SasRec.Functions.Http;
using SasRec.Storage.Rules;

namespace SasRec.Functions.Rules;

/// <summary>What the endpoints of rules answer.</summary>
[JsonSerializable(typeof(RuleList))]
[JsonSerializable(typeof(RuleHistory))]
[JsonSerializable(typeof(RuleChange))]
sealed partial class RulesJson : JsonSerializerContext
{
    public static RulesJson Answers { get; } = new(ApiJson.Options());
}
