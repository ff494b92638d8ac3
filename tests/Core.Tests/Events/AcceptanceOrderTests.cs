using SasRec.Core.Events;

namespace SasRec.Core.Tests.Events;

public class AcceptanceOrderTests
{
    static readonly DateTimeOffset Moment = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Interactions_of_one_moment_are_a_tick_apart_in_the_order_of_the_request()
    {
        Interaction[] interactions = [Of("u", "c", 0), Of("u", "a", 0), Of("v", "x", 0), Of("u", "e", 1), Of("u", "b", 0)];

        AcceptanceOrder.Keep(interactions);

        Assert.Equal([0, 1, 0, 2, 3], interactions.Select(i => (i.Timestamp - Moment).Ticks));
    }

    [Fact]
    public void The_same_request_sent_again_has_the_same_times_and_an_event_that_stands_twice_one()
    {
        Interaction[] once = [Of("u", "a", 0), Of("u", "b", 0), Of("u", "a", 0)];
        Interaction[] again = [.. once];

        AcceptanceOrder.Keep(once);
        AcceptanceOrder.Keep(again);

        Assert.Equal(once, again);
        Assert.Equal(once[0], once[2]);
    }

    [Fact]
    public void A_thousand_interactions_of_one_moment_keep_their_order()
    {
        Interaction[] interactions = [.. Enumerable.Range(0, 1_000).Select(i => Of("u", $"{i * 7919 % 1_000}", 0))];

        AcceptanceOrder.Keep(interactions);

        Assert.Equal(interactions, interactions.OrderBy(i => i.Timestamp));
        Assert.Equal(1_000, interactions.DistinctBy(i => i.Timestamp).Count());
    }

    static Interaction Of(string user, string item, long ticks) =>
        new() { EventId = item, UserId = user, ItemId = item, Timestamp = Moment.AddTicks(ticks) };
}
