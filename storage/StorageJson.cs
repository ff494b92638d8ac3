using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Items;
using SasRec.Storage.Items;
using SasRec.Storage.Messages;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Storage;

/// <summary>How everything that storage keeps as JSON is written: camel case, enums by name, no nulls.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Interaction))]
[JsonSerializable(typeof(EventMessage<Interaction>))]
[JsonSerializable(typeof(List<Interaction>))]
[JsonSerializable(typeof(Impression))]
[JsonSerializable(typeof(List<Impression>))]
[JsonSerializable(typeof(CatalogueItem))]
[JsonSerializable(typeof(List<ItemChange>))]
[JsonSerializable(typeof(EventMessage<Impression>))]
[JsonSerializable(typeof(List<Impression>))]
[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(ModelPointer))]
[JsonSerializable(typeof(GateOverride))]
[JsonSerializable(typeof(ShadowPointer))]
[JsonSerializable(typeof(SlateShadow))]
[JsonSerializable(typeof(Snapshot))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(InsightsReport))]
[JsonSerializable(typeof(List<RunFigures>))]
sealed partial class StorageJsonContext : JsonSerializerContext;

/// <summary>The two ways in which it is laid out.</summary>
static class StorageJson
{
    /// <summary>For machines.</summary>
    // Ids are any Unicode: escaped, one of 256 units would be six times as long. None of this is ever put into HTML.
    public static StorageJsonContext Compact { get; } = new(new JsonSerializerOptions(StorageJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>For blobs that people look at.</summary>
    public static StorageJsonContext Indented { get; } = new(new JsonSerializerOptions(Compact.Options) { WriteIndented = true });
}
