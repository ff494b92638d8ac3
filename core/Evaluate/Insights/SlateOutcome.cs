using SasRec.Core.Events;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>A slate joined with what followed: served, seen, interacted.</summary>
/// <remarks>
/// An interaction belongs to a slot if it names the slate and the item and lies within the window of attribution, however late or early it was
/// delivered; several on one slot are one. Of an item that was acted on and turned down the newest event decides: a returned purchase is no
/// success (<see cref="EventMeanings"/>). What names an item that the slate did not have belongs to no slot: it is organic.
/// </remarks>
/// <param name="Impression">The slate.</param>
/// <param name="Interacted">[slots]: whether the item was acted on within the window, and not turned down since.</param>
/// <param name="Seen">[slots]: whether it was seen: a sighting, or any other event.</param>
/// <param name="Sighted">Whether the client reported any sighting of the slate; else <paramref name="Seen"/> says nothing.</param>
/// <param name="Late">How many of the slots acted on were acted on for the first time only after the slate counted as mature.</param>
public sealed record SlateOutcome(Impression Impression, bool[] Interacted, bool[] Seen, bool Sighted, int Late)
{
    /// <summary>Joins a slate.</summary>
    /// <param name="slate">The slate with what named it; events in any order, repeats allowed.</param>
    /// <param name="options">The window, and from when on a slate is mature.</param>
    public static SlateOutcome Of(ServedSlate slate, LedgerOptions options)
    {
        ArgumentNullException.ThrowIfNull(slate);
        ArgumentNullException.ThrowIfNull(options);
        var (impression, items) = (slate.Impression, slate.Impression.Items);
        var (first, rejected) = (new DateTimeOffset?[items.Count], new DateTimeOffset?[items.Count]);
        var last = new DateTimeOffset?[items.Count];
        var (interacted, seen) = (new bool[items.Count], new bool[items.Count]);
        var sighted = false;

        // A client's clock may run ahead of ours by the skew that ingest allows, or as far behind.
        var (from, until) = (impression.ServedAt - InteractionRules.ClockSkew, impression.ServedAt + options.Window);
        foreach (var happened in slate.Events)
        {
            if (happened.At < from || happened.At > until || SlotOf(happened.ItemId) is not (>= 0 and var slot))
            {
                continue;
            }

            seen[slot] = true;
            if (happened.Type == Sighting.Type)
            {
                sighted = true;
                continue;
            }

            switch (options.Meanings.Of(happened.Type, happened.Value).Feedback)
            {
                case Feedback.Positive:
                    first[slot] = first[slot] < happened.At ? first[slot] : happened.At;
                    last[slot] = last[slot] > happened.At ? last[slot] : happened.At;
                    break;
                case Feedback.Negative:
                    rejected[slot] = rejected[slot] > happened.At ? rejected[slot] : happened.At;
                    break;
            }
        }

        for (var slot = 0; slot < items.Count; slot++)
        {
            interacted[slot] = last[slot] is { } acted && !(rejected[slot] >= acted);
            first[slot] = interacted[slot] ? first[slot] : null;
        }

        return new SlateOutcome(impression, interacted, seen, sighted, first.Count(at => at > impression.ServedAt + options.Maturity));

        int SlotOf(string itemId)
        {
            for (var slot = 0; slot < items.Count; slot++)
            {
                if (items[slot].ItemId == itemId)
                {
                    return slot;
                }
            }

            return -1;
        }
    }
}
