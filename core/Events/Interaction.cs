using System.Text.Json.Serialization;

namespace SasRec.Core.Events;

/// <summary>One thing that a user did with an item: the unit of the log and of training.</summary>
public sealed record Interaction
{
    /// <summary>The longest user, item, event or recommendation id, in UTF-16 code units.</summary>
    public const int MaxIdLength = 256;

    /// <summary>The longest type or source, in UTF-16 code units.</summary>
    public const int MaxLabelLength = 64;

    /// <summary>The idempotency key: the same event sent again is the same row.</summary>
    public required string EventId { get; init; }

    /// <summary>Who acted; any well-formed Unicode.</summary>
    public required string UserId { get; init; }

    /// <summary>What they acted on; any well-formed Unicode.</summary>
    public required string ItemId { get; init; }

    /// <summary>What they did: "view", "click", "purchase", ...</summary>
    public string Type { get; init; } = "view";

    /// <summary>When it happened, in UTC; the time of acceptance where the client gave none.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Whether <see cref="Timestamp"/> was assigned at acceptance, and so differs between two deliveries of one event.</summary>
    public bool TimestampAssigned { get; init; }

    /// <summary>When it was accepted, where a client named its time: by it interactions of one moment are ordered (<see cref="AcceptanceOrder"/>).
    /// Null where nobody knows, and where the time itself was assigned. The queue message says it for all that it holds, and answers do not.
    /// </summary>
    [JsonIgnore]
    public DateTimeOffset? AcceptedAt { get; init; }

    /// <summary>The slate that led to it, where one did.</summary>
    public string? RecommendationId { get; init; }

    /// <summary>Where it came from: "organic", "recommendation", "search", ...</summary>
    public string Source { get; init; } = "organic";

    /// <summary>A rating, a price, a dwell time: finite, or null.</summary>
    public double? Value { get; init; }
}
