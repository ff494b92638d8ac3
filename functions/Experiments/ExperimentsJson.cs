using System.Text.Json.Serialization;
using SasRec.Core.Experiments;
using SasRec.Functions.Http;
using SasRec.Storage.Experiments;

namespace SasRec.Functions.Experiments;

/// <summary>What the endpoints of experiments answer.</summary>
[JsonSerializable(typeof(ExperimentList))]
[JsonSerializable(typeof(ExperimentAnswer))]
[JsonSerializable(typeof(ExperimentChange))]
[JsonSerializable(typeof(ExperimentReport))]
sealed partial class ExperimentsJson : JsonSerializerContext
{
    public static ExperimentsJson Answers { get; } = new(ApiJson.Options());
}
