using System.Text.Json.Serialization;
using SasRec.Functions.Http;
using SasRec.Storage.Models;

namespace SasRec.Functions.Models;

/// <summary>What the model endpoints answer.</summary>
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelMove))]
sealed partial class ModelsJson : JsonSerializerContext
{
    public static ModelsJson Answers { get; } = new(ApiJson.Options());
}
