namespace SasRec.Client;

/// <summary>Something that a user did with an item.</summary>
public sealed record UserEvent
{
    /// <summary>The type of a sighting: the item came before the user's eyes.</summary>
    public const string Seen = "impression-seen";

    /// <summary>The same event sent again is one event; null to be given one when it is added or sent.</summary>
    public string? EventId { get; init; }

    /// <summary>Who.</summary>
    public required string UserId { get; init; }

    /// <summary>What was acted on.</summary>
    public required string ItemId { get; init; }

    /// <summary>What was done, such as <c>purchase</c>, <c>dislike</c> or <see cref="Seen"/>; null for <c>view</c>.</summary>
    public string? Type { get; init; }

    /// <summary>When; null for the moment at which it is added or sent.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>The slate that led to it; null for none.</summary>
    public string? RecommendationId { get; init; }

    /// <summary>The channel that led to it, such as <c>recommendation</c> or <c>search</c>; null for <c>organic</c>.</summary>
    public string? Source { get; init; }

    /// <summary>A rating, a price, a dwell time.</summary>
    public double? Value { get; init; }

    /// <summary>The same with an id and a time, so that it can be sent again and stays one event.</summary>
    internal UserEvent Named(TimeProvider clock) => this with { EventId = EventId ?? Guid.NewGuid().ToString("N"), Timestamp = Timestamp ?? clock.GetUtcNow() };
}
