using System.Text.Json;
using System.Text.Json.Serialization;

namespace SasRec.Client;

/// <summary>What goes over the wire. What is null is left out.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SlateRequest))]
[JsonSerializable(typeof(Slate))]
[JsonSerializable(typeof(CatalogueItem))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ItemsBody))]
[JsonSerializable(typeof(EventsBody))]
[JsonSerializable(typeof(Deleted))]
sealed partial class ClientJson : JsonSerializerContext;

/// <summary>The body of PUT /items.</summary>
sealed record ItemsBody(IReadOnlyList<CatalogueItem> Items);

/// <summary>The body of POST /events.</summary>
sealed record EventsBody(IReadOnlyList<UserEvent> Events);

/// <summary>The answer of DELETE /items.</summary>
sealed record Deleted([property: JsonPropertyName("deleted")] bool WasThere);
