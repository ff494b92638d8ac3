using System.Text.Json.Serialization;
using SasRec.Core.Events;

namespace SasRec.Storage.Messages;

/// <summary>What queue messages hold as JSON.</summary>
[JsonSerializable(typeof(EventMessage<Interaction>))]
[JsonSerializable(typeof(EventMessage<Impression>))]
[JsonSerializable(typeof(List<Interaction>))]
[JsonSerializable(typeof(List<Impression>))]
sealed partial class MessageJson : JsonSerializerContext
{
    public static MessageJson Compact { get; } = new(StorageJson.Compact());
}
