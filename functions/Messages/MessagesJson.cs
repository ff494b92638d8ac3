using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Messages;

/// <summary>What the endpoints of failed messages answer.</summary>
[JsonSerializable(typeof(ReplayedMessages))]
[JsonSerializable(typeof(MessageList))]
[JsonSerializable(typeof(DroppedMessage))]
[JsonSerializable(typeof(ReplayedMessage))]
sealed partial class MessagesJson : JsonSerializerContext
{
    public static MessagesJson Answers { get; } = new(ApiJson.Options());
}
