using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Retrain;

/// <summary>What GET and POST /api/retrain answer.</summary>
[JsonSerializable(typeof(RetrainOutlook))]
[JsonSerializable(typeof(RetrainDecision))]
sealed partial class RetrainJson : JsonSerializerContext
{
    public static RetrainJson Answers { get; } = new(ApiJson.Options());
}
