using System.Text.Json.Serialization;
using SasRec.Core.Evaluate.Insights;
using SasRec.Functions.Http;

namespace SasRec.Functions.Insights;

/// <summary>What GET /api/insights answers.</summary>
[JsonSerializable(typeof(InsightsReport))]
sealed partial class InsightsJson : JsonSerializerContext
{
    public static InsightsJson Answers { get; } = new(ApiJson.Options());
}
