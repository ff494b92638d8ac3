using System.Text.Json.Serialization;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>What the log keeps as JSON.</summary>
[JsonSerializable(typeof(Impression))]
[JsonSerializable(typeof(SlateShadow))]
sealed partial class LogJson : JsonSerializerContext
{
    public static LogJson Compact { get; } = new(StorageJson.Compact());
}
