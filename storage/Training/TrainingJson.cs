using System.Text.Json.Serialization;
using SasRec.Core.Evaluate.Insights;

namespace SasRec.Storage.Training;

/// <summary>What training keeps as JSON.</summary>
[JsonSerializable(typeof(Snapshot))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(InsightsReport))]
[JsonSerializable(typeof(List<RunFigures>))]
sealed partial class TrainingJson : JsonSerializerContext
{
    public static TrainingJson Compact { get; } = new(StorageJson.Compact());

    public static TrainingJson Indented { get; } = new(StorageJson.Indented());
}
