using SasRec.Core.Events;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>A slate joined with what followed: served, seen, interacted.</summary>
/// <remarks>
/// An interaction belongs to a slot if it names the slate and the item and lies within the window of attribution, however late or early it was
/// delivered; several on one slot are one. What names an item that the slate did not have belongs to no slot: it is organic.
/// </remarks>
/// <param name="Impression">The slate.</param>
/// <param name="Interacted">[slots]: whether the item was acted on within the window.</param>
/// <param name="Seen">[slots]: whether it was seen: a sighting, or an action.</param>
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
        var first = new DateTimeOffset?[items.Count];
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

            interacted[slot] = true;
            first[slot] = first[slot] < happened.At ? first[slot] : happened.At;
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
