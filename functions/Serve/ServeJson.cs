using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Serve;

/// <summary>What the recommendation endpoints answer.</summary>
[JsonSerializable(typeof(RecommendationResponse))]
[JsonSerializable(typeof(SimilarItems))]
sealed partial class ServeJson : JsonSerializerContext
{
    public static ServeJson Answers { get; } = new(ApiJson.Options());
}
