using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Health;

/// <summary>What GET /api/health and GET /api/status answer.</summary>
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(Liveness))]
sealed partial class HealthJson : JsonSerializerContext
{
    public static HealthJson Answers { get; } = new(ApiJson.Options());
}
