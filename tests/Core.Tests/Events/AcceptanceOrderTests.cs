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

    [Fact]
    public void Of_one_moment_what_was_accepted_earlier_comes_first_whatever_the_tick_and_the_event_id()
    {
        var (third, fourth) = (Of("u", "a", 0) with { AcceptedAt = Moment.AddDays(2) }, Of("u", "b", 1) with { AcceptedAt = Moment.AddDays(2) });
        var (first, second) = (Of("u", "z", 0) with { AcceptedAt = Moment.AddDays(1) }, Of("u", "y", 999) with { AcceptedAt = Moment.AddDays(1) });
        var later = Of("u", "0", TimeSpan.TicksPerMillisecond) with { AcceptedAt = Moment.AddHours(1) };

        Assert.Equal([first, second, third, fourth, later], Ordered(later, fourth, third, second, first));
    }

    [Fact]
    public void What_does_not_say_when_it_was_accepted_was_accepted_at_its_time()
    {
        var unknown = Of("u", "z", 5);
        var named = Of("u", "a", 0) with { AcceptedAt = Moment.AddTicks(10) };
        var assigned = Of("u", "b", 20) with { TimestampAssigned = true };

        Assert.Equal([unknown, named, assigned], Ordered(assigned, named, unknown));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9_999, 0)]
    [InlineData(10_000, 1)]
    [InlineData(-1, -1)]
    [InlineData(-10_000, -1)]
    [InlineData(-10_001, -2)]
    public void A_moment_is_a_millisecond(long ticks, long moment) => Assert.Equal(moment, AcceptanceOrder.MomentOf(ticks));

    [Fact]
    public void Only_a_time_that_was_named_has_a_time_of_acceptance_beside_it()
    {
        var (named, assigned) = (Of("u", "a", 0), Of("u", "b", 0) with { TimestampAssigned = true });

        Assert.Equal([Moment.AddHours(1), null], AcceptanceOrder.Accepted([named, assigned], Moment.AddHours(1)).Select(i => i.AcceptedAt));
        Assert.Equal([named, assigned], AcceptanceOrder.Accepted([named, assigned], null));
    }

    static IEnumerable<Interaction> Ordered(params Interaction[] interactions) =>
        interactions.Order(Comparer<Interaction>.Create(AcceptanceOrder.Compare));

    static Interaction Of(string user, string item, long ticks) =>
        new() { EventId = item, UserId = user, ItemId = item, Timestamp = Moment.AddTicks(ticks) };
}
