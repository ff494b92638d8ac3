using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Retrain;

/// <summary>What POST /api/retrain answers.</summary>
[JsonSerializable(typeof(RetrainDecision))]
sealed partial class RetrainJson : JsonSerializerContext
{
    public static RetrainJson Answers { get; } = new(ApiJson.Options());
}
