using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Health;

/// <summary>What GET /api/health answers.</summary>
[JsonSerializable(typeof(HealthReport))]
sealed partial class HealthJson : JsonSerializerContext
{
    public static HealthJson Answers { get; } = new(ApiJson.Options());
}
