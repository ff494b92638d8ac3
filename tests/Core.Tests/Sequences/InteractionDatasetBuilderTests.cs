using SasRec.Core.Events;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Sequences;

public class InteractionDatasetBuilderTests
{
    [Fact]
    public void Histories_stand_in_time_order_then_event_id_however_they_arrive()
    {
        (string User, string Item, long Time, string Event)[] rows =
        [
            ("ann", "c", 30, "e3"), ("ann", "a", 10, "e1"), ("bob", "b", 5, "e9"), ("ann", "d", 20, "e2b"), ("ann", "b", 20, "e2a"),
        ];
        foreach (var arrival in new[] { rows, [.. rows.Reverse()], [.. rows.OrderBy(r => r.Event)] })
        {
            var dataset = Built(arrival);

            Assert.Equal(["ann", "bob"], dataset.UserIds);
            Assert.Equal(["a", "b", "c", "d"], dataset.Items.Ids);
            Assert.Equal([0, 1, 3, 2], dataset.Sequences.Items(0).ToArray());
            Assert.Equal([10, 20, 20, 30], dataset.Sequences.Times(0).ToArray());
            Assert.Equal([1], dataset.Sequences.Items(1).ToArray());
        }
    }

    [Fact]
    public void A_duplicate_event_is_one_interaction_at_its_earliest_time()
    {
        var dataset = Built(("u", "x", 20, "e1"), ("u", "y", 15, "e2"), ("u", "x", 10, "e1"), ("u", "x", 20, "e1"));

        Assert.Equal([0, 1], dataset.Sequences.Items(0).ToArray());
        Assert.Equal([10, 15], dataset.Sequences.Times(0).ToArray());
    }

    [Fact]
    public void The_same_event_id_of_another_user_is_another_event()
    {
        Assert.Equal(2, Built(("u", "x", 1, "1"), ("v", "x", 1, "1")).Sequences.InteractionCount);
    }

    [Fact]
    public void Short_ids_of_ASCII_are_in_ordinal_order()
    {
        string[] ids = ["u2", "u10", "u1", "B", "a", "ab", "A\u0001", "A", "~", "0123456789abcdef", "0123456789abcdeF", "01234567", "012345678"];
        var builder = new InteractionDatasetBuilder();
        foreach (var (time, id) in ids.Index())
        {
            builder.Add(id, ids[^(time + 1)], time);
        }

        var dataset = builder.Build();

        Assert.Equal(ids.Order(StringComparer.Ordinal), dataset.UserIds);
        Assert.Equal(ids.Order(StringComparer.Ordinal), dataset.Items.Ids);
        foreach (var (place, id) in ids.Index())
        {
            var item = dataset.Sequences.Items(dataset.UserIds.ToList().IndexOf(id))[0];
            Assert.Equal(ids[^(place + 1)], dataset.Items.Ids[item]);
        }
    }

    [Fact]
    public void Ids_are_any_Unicode_and_compared_ordinally()
    {
        var dataset = Built(("ü", "Å", 1, "1"), ("ü", "A\u030A", 2, "2"), ("ü", "日本", 3, "3"), ("ü", "🎮", 4, "4"), ("ü", "å", 5, "5"));

        Assert.Equal(5, dataset.Items.Count);
        Assert.Equal(dataset.Items.Ids.OrderBy(id => id, StringComparer.Ordinal), dataset.Items.Ids);
        Assert.True(dataset.Items.TryGetIndex("🎮", out var game));
        Assert.Equal("🎮", dataset.Items[game]);
        Assert.False(dataset.Items.TryGetIndex("Ａ", out _));
    }

    [Fact]
    public void Without_times_and_event_ids_the_order_of_arrival_stays_and_repeats_are_kept()
    {
        var builder = new InteractionDatasetBuilder();
        foreach (var item in new[] { "b", "a", "b", "b" })
        {
            builder.Add("u", item, time: null);
        }

        var dataset = builder.Build();

        Assert.False(dataset.Sequences.HasTimes);
        Assert.Equal([1, 0, 1, 1], dataset.Sequences.Items(0).ToArray());
    }

    [Fact]
    public void Times_are_for_all_interactions_or_for_none()
    {
        var builder = new InteractionDatasetBuilder();
        builder.Add("u", "a", time: 1);

        Assert.Throws<ArgumentException>(() => builder.Add("u", "b", time: null));
    }

    [Fact]
    public void Rare_items_go_first_and_then_the_users_who_have_too_little_left()
    {
        var builder = new InteractionDatasetBuilder();
        foreach (var (user, item) in new[] { ("u", "common"), ("v", "common"), ("v", "rare"), ("w", "common"), ("w", "often"), ("u", "often") })
        {
            builder.Add(user, item, time: null);
        }

        var dataset = builder.Build(new DatasetOptions { MinItemCount = 2, MinUserCount = 2 });

        Assert.Equal(["u", "w"], dataset.UserIds);
        Assert.Equal(["common", "often"], dataset.Items.Ids);
        Assert.Equal(4, dataset.Sequences.InteractionCount);
    }

    [Fact]
    public void What_users_turn_down_is_learned_by_nobody_and_weights_are_those_of_the_types()
    {
        var builder = new InteractionDatasetBuilder(new EventMeanings(new EventOptions { Weights = "purchase=3", Ignored = "open" }));
        foreach (var (i, (user, item, type)) in new[]
        {
            ("u", "a", "view"), ("u", "bad", "dislike"), ("u", "b", "view"), ("u", "a", "purchase"), ("u", "c", "purchase"), ("u", "c", "return"),
            ("v", "bad", "dislike"), ("v", "a", "hide"), ("v", "a", "view"), ("v", "mail", "open"), ("w", "b", "remove_from_cart"),
        }.Index())
        {
            builder.Add(new Interaction { EventId = $"{i}", UserId = user, ItemId = item, Type = type, Timestamp = DateTimeOffset.FromUnixTimeSeconds(i) });
        }

        var dataset = builder.Build();
        Assert.Equal(["u", "v"], dataset.UserIds);
        Assert.Equal(["a", "b"], dataset.Items.Ids);
        Assert.Equal([0, 1, 0], dataset.Sequences.Items(0).ToArray());
        Assert.Equal([1, 1, 3], dataset.Sequences.Weights(0).ToArray());
        Assert.Equal([0], dataset.Sequences.Items(1).ToArray());
    }

    [Fact]
    public void Where_every_event_counts_1_there_are_no_weights() => Assert.False(Built(("u", "a", 1, "1"), ("u", "b", 2, "2")).Sequences.HasWeights);

    [Fact]
    public void Options_out_of_range_are_refused_by_name_value_and_range()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new InteractionDatasetBuilder().Build(new DatasetOptions { MinItemCount = 0 }));

        Assert.Contains("MinItemCount must be 1 to 1,000,000", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, error.ActualValue);
    }

    [Fact]
    public void Nothing_packs_into_an_empty_dataset()
    {
        var dataset = new InteractionDatasetBuilder().Build();

        Assert.Equal(0, dataset.Sequences.UserCount);
        Assert.Equal(0, dataset.Sequences.ItemCount);
    }

    [Fact]
    public void A_log_that_comes_user_by_user_packs_into_the_same_dataset()
    {
        var rows = Enumerable.Range(0, 4_000).Select(i => new Interaction
        {
            EventId = $"e{i % 3_900}",
            UserId = $"user {i * 7919 % 600}",
            ItemId = $"item {i * 31 % 97}",
            Type = i % 50 == 0 ? "dislike" : "view",
            RecommendationId = i % 20 == 0 ? $"slate {i}" : null,
            Timestamp = DateTimeOffset.FromUnixTimeSeconds(i * 7 % 1_000),
        }).ToArray();
        var propensities = rows.Where(row => row.RecommendationId is not null)
            .ToDictionary(row => (row.RecommendationId!, row.ItemId), row => 1.0 / (2 + row.EventId.Length));
        var options = new DatasetOptions { MinItemCount = 2, MinUserCount = 2, MaxWeight = 5 };
        var (together, byUser) = (new InteractionDatasetBuilder(), new InteractionDatasetBuilder());
        foreach (var row in rows)
        {
            together.Add(row);
        }

        foreach (var some in rows.GroupBy(row => row.UserId).Chunk(100))
        {
            foreach (var row in some.SelectMany(user => user))
            {
                byUser.Add(row);
            }

            byUser.EndUsers();
        }

        Assert.Throws<ArgumentException>(() => byUser.Add(rows[0]));
        var (one, other) = (together.Build(options, propensities), byUser.Build(options, propensities));
        Assert.Equal(one.UserIds, other.UserIds);
        Assert.Equal(one.Items.Ids, other.Items.Ids);
        for (var user = 0; user < one.UserIds.Count; user++)
        {
            Assert.Equal(one.Sequences.Items(user), other.Sequences.Items(user));
            Assert.Equal(one.Sequences.Times(user), other.Sequences.Times(user));
            Assert.Equal(one.Sequences.Weights(user), other.Sequences.Weights(user));
        }

        Assert.Equal(one.Sequences.Shown, other.Sequences.Shown);
    }

    static InteractionDataset Built(params (string User, string Item, long Time, string Event)[] rows)
    {
        var builder = new InteractionDatasetBuilder();
        foreach (var row in rows)
        {
            builder.Add(new Interaction
            {
                EventId = row.Event, UserId = row.User, ItemId = row.Item, Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(row.Time),
            });
        }

        return builder.Build();
    }

    [Fact]
    public void Only_the_newest_actions_of_a_user_stay_and_those_of_the_window()
    {
        var day = TimeSpan.MillisecondsPerDay;
        InteractionDatasetBuilder builder = new();
        foreach (var (user, item, at) in new[]
        {
            ("ann", "a", 1), ("ann", "b", 9), ("ann", "c", 5), ("ann", "d", 10), ("bob", "a", 1), ("bob", "e", 2), ("cem", "f", 7),
        })
        {
            builder.Add(user, item, at * day);
        }

        var read = builder.Build(new DatasetOptions { Newest = 2, WindowDays = 5 });

        // Of ann the two newest; of bob nothing is within five days before the tenth; items that nobody has left are gone.
        Assert.Equal(["ann", "cem"], read.UserIds);
        Assert.Equal(["b", "d", "f"], read.Items.Ids);
        Assert.Equal([0, 1], read.Sequences.Items(0));
        Assert.Equal([9 * day, 10 * day], read.Sequences.Times(0));
        Assert.Equal([2], read.Sequences.Items(1));
    }

    [Fact]
    public void What_stays_of_a_history_keeps_its_slate_and_its_weight()
    {
        InteractionDatasetBuilder builder = new(new EventMeanings(new EventOptions { Weights = "purchase=3" }));
        for (var i = 0; i < 4; i++)
        {
            builder.Add(new Interaction
            {
                EventId = $"e{i}", UserId = "u", ItemId = $"i{i}", Timestamp = DateTimeOffset.UnixEpoch.AddDays(i), Type = i == 2 ? "purchase" : "view",
                RecommendationId = i == 3 ? "r" : null,
            });
        }

        var sequences = builder.Build(new DatasetOptions { Newest = 2 }).Sequences;

        Assert.Equal([3f, 1f], sequences.Weights(0));
        Assert.Equal((false, true), (sequences.WasShown(0, 0), sequences.WasShown(0, 1)));
    }
}
