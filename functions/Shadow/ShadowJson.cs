using System.Text.Json.Serialization;
using SasRec.Functions.Http;
using SasRec.Storage.Models;

namespace SasRec.Functions.Shadow;

/// <summary>What the shadow endpoints answer.</summary>
[JsonSerializable(typeof(ShadowPointer))]
[JsonSerializable(typeof(ShadowReport))]
sealed partial class ShadowJson : JsonSerializerContext
{
    public static ShadowJson Answers { get; } = new(ApiJson.Options());
}
