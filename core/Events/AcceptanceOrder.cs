namespace SasRec.Core.Events;

/// <summary>The order of a user's interactions: by time, and within one moment in the order in which they were accepted.</summary>
/// <remarks>
/// Clients name moments by the second or the day, and a request that names none has one moment for all. So of a user's interactions that
/// are accepted together with the same time, each gets the next free tick, 100 ns, after the one before it: no clock of a client is as fine.
/// The same request sent again gives the same times. A request has at most 1,000 events, so they stay within a millisecond, which is
/// what counts as one moment. Of several requests that name one moment, what was accepted earlier comes first. What is stored under that
/// order (row, feed, snapshot) keeps the time to the tick and the time of acceptance; whoever reads it sorts by <see cref="Compare(Interaction, Interaction)"/>.
/// </remarks>
public static class AcceptanceOrder
{
    /// <summary>Sets the times apart.</summary>
    /// <param name="interactions">What is accepted together, in its order; times are replaced where they have to be. An event that stands
    /// twice among them keeps one time.</param>
    public static void Keep(IList<Interaction> interactions)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        var (taken, known) = (new HashSet<(string User, long Ticks)>(), new Dictionary<(string User, string Event, long Ticks), long>());
        for (var i = 0; i < interactions.Count; i++)
        {
            var (user, named) = (interactions[i].UserId, interactions[i].Timestamp.UtcTicks);
            if (!known.TryGetValue((user, interactions[i].EventId, named), out var ticks))
            {
                for (ticks = named; !taken.Add((user, ticks));)
                {
                    ticks++;
                }

                known[(user, interactions[i].EventId, named)] = ticks;
            }

            if (ticks != named)
            {
                interactions[i] = interactions[i] with { Timestamp = new DateTimeOffset(ticks, TimeSpan.Zero) };
            }
        }
    }

    /// <summary>The same interactions, accepted at a time: those whose time a client named say so.</summary>
    /// <param name="interactions">What was accepted together.</param>
    /// <param name="at">When; null where nobody knows.</param>
    public static IEnumerable<Interaction> Accepted(IEnumerable<Interaction> interactions, DateTimeOffset? at) =>
        at is null ? interactions : interactions.Select(i => i.TimestampAssigned ? i : i with { AcceptedAt = at });

    /// <summary>Which of two interactions of a user is the earlier: below 0 for the first, above 0 for the second, 0 where neither is.</summary>
    public static int Compare(Interaction one, Interaction other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        var (ticks, otherTicks) = (one.Timestamp.UtcTicks, other.Timestamp.UtcTicks);
        return Compare(ticks, one.AcceptedAt?.UtcTicks ?? ticks, otherTicks, other.AcceptedAt?.UtcTicks ?? otherTicks);
    }

    /// <summary>The same of their times alone, all in ticks since one whole millisecond.</summary>
    /// <param name="ticks">The time of one.</param>
    /// <param name="accepted">When it was accepted; its time where nobody knows.</param>
    /// <param name="otherTicks">The time of the other.</param>
    /// <param name="otherAccepted">When it was accepted.</param>
    public static int Compare(long ticks, long accepted, long otherTicks, long otherAccepted) =>
        MomentOf(ticks).CompareTo(MomentOf(otherTicks)) is not 0 and var moments ? moments
        : accepted.CompareTo(otherAccepted) is not 0 and var acceptances ? acceptances
        : ticks.CompareTo(otherTicks);

    /// <summary>The moment of a time: its millisecond.</summary>
    /// <param name="ticks">The time, in ticks since a whole millisecond.</param>
    public static long MomentOf(long ticks) =>
        (ticks < 0 ? ticks - TimeSpan.TicksPerMillisecond + 1 : ticks) / TimeSpan.TicksPerMillisecond;
}
