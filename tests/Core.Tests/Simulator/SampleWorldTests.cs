using SasRec.Simulator.World;

namespace SasRec.Core.Tests.Simulator;

public sealed class SampleWorldTests
{
    static readonly DateTimeOffset End = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    static readonly SampleWorld World = new(new SampleWorldOptions { Users = 500 });

    [Fact]
    public void The_same_seed_is_the_same_world_and_another_seed_another()
    {
        var again = new SampleWorld(new SampleWorldOptions { Users = 500 });
        var other = new SampleWorld(new SampleWorldOptions { Users = 500, Seed = 2 });
        Assert.Equal(World.Interactions(End), again.Interactions(End));
        Assert.NotEqual(World.Interactions(End).Select(i => i.ItemId), other.Interactions(End).Select(i => i.ItemId));
    }

    [Fact]
    public void Interactions_come_in_time_order_within_the_span_with_ids_of_their_own()
    {
        var interactions = World.Interactions(End);
        Assert.Equal(interactions.OrderBy(i => i.Timestamp).Select(i => i.EventId), interactions.Select(i => i.EventId));
        Assert.All(interactions, i => Assert.InRange(i.Timestamp, End.AddDays(-90), End));
        Assert.Equal(interactions.Count, interactions.Select(i => i.EventId).Distinct().Count());
        Assert.Equal(500, interactions.Select(i => i.UserId).Distinct().Count());
    }

    [Fact]
    public void Items_have_readable_ids_titles_and_categories()
    {
        Assert.Equal(1_200, World.Items.Select(item => item.Id).Distinct().Count());
        var item = World.Items.Single(item => item.Id == "tea-green-first-flush");
        Assert.Equal(("Green tea, first flush", "tea"), (item.Title, item.Category));
        Assert.Equal(5_000, new SampleWorld(new SampleWorldOptions { Items = 5_000 }).Items.Select(i => i.Id).Distinct().Count());
    }

    [Fact]
    public void Users_are_as_active_as_asked_and_popularity_has_a_long_tail()
    {
        var interactions = World.Interactions(End);
        Assert.InRange(interactions.Count / 500.0, 20, 30);
        var counts = interactions.CountBy(i => i.ItemId).Select(pair => pair.Value).OrderDescending().ToArray();
        Assert.True(counts.Take(120).Sum() > 0.3 * interactions.Count, "the tenth of the items most taken has over three tenths");
        Assert.True(counts.Take(120).Sum() < 0.8 * interactions.Count, "and not nearly all");
    }

    [Fact]
    public void What_came_before_tells_what_comes_next()
    {
        var items = World.Items.ToDictionary(item => item.Id);
        var pairs = World.Interactions(End).GroupBy(i => i.UserId)
            .SelectMany(user => user.Zip(user.Skip(1), (a, b) => (items[a.ItemId], items[b.ItemId]))).ToArray();
        var movedOn = pairs.Count(pair => pair.Item2.Family == pair.Item1.Family && pair.Item2.Step == pair.Item1.Step + 1);
        Assert.InRange(movedOn / (double)pairs.Length, 0.2, 0.5);
    }

    [Fact]
    public void No_user_takes_an_item_twice()
    {
        var interactions = World.Interactions(End);
        Assert.Equal(interactions.Count, interactions.Select(i => (i.UserId, i.ItemId)).Distinct().Count());
    }

    [Fact]
    public void The_csv_has_a_header_a_line_each_and_quotes_where_needed()
    {
        var writer = new StringWriter();
        var first = World.Interactions(End)[0];
        InteractionCsv.Write([first, first with { ItemId = "a,\"b\"" }], writer);
        var lines = writer.ToString().Split('\n');
        Assert.Equal("user,item,timestamp,type", lines[0]);
        Assert.Equal($"{first.UserId},{first.ItemId},{first.Timestamp.ToUnixTimeSeconds()},{first.Type}", lines[1]);
        Assert.Contains(",\"a,\"\"b\"\"\",", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(10, 5)]
    public void A_size_out_of_range_is_refused(int users, int items) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SampleWorld(new SampleWorldOptions { Users = users, Items = items }));

    [Fact]
    public void Every_item_has_a_title_a_category_and_a_kind_and_arrivals_are_in_no_interaction()
    {
        var world = new SampleWorld(new SampleWorldOptions { Users = 50 });
        var all = world.Items.Concat(SampleWorld.Arrivals).ToArray();
        Assert.Equal(all.Length, all.Select(item => item.Id).Distinct().Count());
        Assert.Equal(all.Length, all.Select(item => item.Title).Distinct().Count());
        Assert.All(all, item => Assert.Contains(item.Category, item.Title, StringComparison.Ordinal));
        Assert.Equal(("tea", "green tea"), (world.Items[0].Category, world.Items[0].Kind));
        var acted = world.Interactions(DateTimeOffset.UnixEpoch.AddYears(50)).Select(i => i.ItemId).ToHashSet();
        Assert.DoesNotContain(SampleWorld.Arrivals, item => acted.Contains(item.Id));
    }
}
