using System.Text.Json.Serialization;
using SasRec.Functions.Http;

namespace SasRec.Functions.Messages;

/// <summary>What POST /api/messages/replay answers.</summary>
[JsonSerializable(typeof(ReplayedMessages))]
sealed partial class MessagesJson : JsonSerializerContext
{
    public static MessagesJson Answers { get; } = new(ApiJson.Options());
}
