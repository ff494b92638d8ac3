namespace SasRec.Core.Events;

/// <summary>What makes an interaction acceptable: the rules that ingest, the recommendation endpoints and imports share.</summary>
public static class InteractionRules
{
    /// <summary>The earliest event time: 2000-01-01, UTC. Anything before is a clock or a unit gone wrong.</summary>
    public static DateTimeOffset EarliestTimestamp { get; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How far a client's clock may run ahead of ours.</summary>
    public static TimeSpan ClockSkew { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether a text can be a user, item, event or recommendation id: 1 to 256 UTF-16 code units of well-formed Unicode.</summary>
    /// <param name="text">The id, decoded.</param>
    public static bool IsId(ReadOnlySpan<char> text) => text.Length is >= 1 and <= Interaction.MaxIdLength && IsWellFormed(text);

    /// <summary>Whether a text can be a type, a source or a placement: 1 to 64 UTF-16 code units of well-formed Unicode.</summary>
    /// <param name="text">The label, decoded.</param>
    public static bool IsLabel(ReadOnlySpan<char> text) => text.Length is >= 1 and <= Interaction.MaxLabelLength && IsWellFormed(text);

    /// <summary>Whether an event time is neither before <see cref="EarliestTimestamp"/> nor too far in the future.</summary>
    /// <param name="timestamp">The event time.</param>
    /// <param name="now">The time of acceptance.</param>
    public static bool IsTimestamp(DateTimeOffset timestamp, DateTimeOffset now) =>
        timestamp >= EarliestTimestamp && timestamp <= now + ClockSkew;

    /// <summary>What is wrong with an interaction that came by another way than a request; null for nothing. It quotes nothing of it.</summary>
    /// <param name="interaction">The interaction.</param>
    /// <param name="now">The time.</param>
    public static string? WhatIsWrong(Interaction interaction, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        return !IsId(interaction.UserId) ? "userId is no id"
            : !IsId(interaction.ItemId) ? "itemId is no id"
            : !IsId(interaction.EventId) ? "eventId is no id"
            : interaction.RecommendationId is { } recommendation && !IsId(recommendation) ? "recommendationId is no id"
            : !IsLabel(interaction.Type) ? "type is no label"
            : !IsLabel(interaction.Source) ? "source is no label"
            : !IsTimestamp(interaction.Timestamp, now) ? "timestamp is out of range"
            : interaction.Value is { } value && !double.IsFinite(value) ? "value is not finite"
            : null;
    }

    /// <summary>Whether every surrogate stands in a pair. Other text has no UTF-8 form, so no key and no JSON can carry it.</summary>
    /// <param name="text">Any UTF-16.</param>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (var at = text.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0;)
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return false;
            }

            text = text[(at + 2)..];
            at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        }

        return true;
    }
}
