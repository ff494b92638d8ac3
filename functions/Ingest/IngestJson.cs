using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Ingest;

/// <summary>What POST /api/events answers.</summary>
[JsonSerializable(typeof(Accepted))]
sealed partial class IngestJson : JsonSerializerContext
{
    public static IngestJson Answers { get; } = new(ApiJson.Options());
}
