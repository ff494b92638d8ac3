using System.Text.Json.Serialization;
using SasRec.Functions.Http;
using SasRec.Storage.Training;

namespace SasRec.Functions.Runs;

/// <summary>What the run endpoints answer.</summary>
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(RunRecord))]
sealed partial class RunsJson : JsonSerializerContext
{
    public static RunsJson Answers { get; } = new(ApiJson.Options());
}
