namespace SasRec.Core.Events;

/// <summary>Keeps the order in which a user's interactions of one moment were accepted.</summary>
/// <remarks>
/// Histories are ordered by time: in the log's row keys, in the change feed, in training. Clients name moments by the second or the day,
/// and a request that names none has one moment for all. So of a user's interactions that are accepted together with the same time, each
/// gets the next free tick, 100 ns, after the one before it: no clock of a client is as fine. The same request sent again gives the same
/// times.
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
}
