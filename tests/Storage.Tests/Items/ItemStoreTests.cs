using Azure.Data.Tables;
using SasRec.Core.Items;
using SasRec.Storage.Items;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Items;

public class ItemStoreTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static CatalogueItem Item(string id, string title = "A title") => new() { Id = id, Title = title };

    static string Told(CatalogueItem? item) => item is null ? "none" : $"{item with { Categories = [] }} {string.Join('|', item.Categories)}";

    [Theory]
    [InlineData("plain")]
    [InlineData("名前 / \\ # ? % ' & 🎺\u0001")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("long")]
    public async Task An_item_is_kept_as_it_is_and_deleted(string id)
    {
        var store = new ItemStore(await NewAsync(emulator));
        id = id == "long" ? new string('ö', 256) : id;
        var item = new CatalogueItem
        {
            Id = id,
            Title = "<b>\"Ünïcode\" 🎺</b>\n" + new string('x', 490),
            Categories = ["novel", "science fiction", "名"],
            Available = false,
            ImageUrl = "https://example.com/ü.jpg?a=1&b=2",
            PublishedAt = Noon,
            ExpiresAt = Noon.AddTicks(1),
            Attributes = """{"pages":412,"price":1e-3,"name":"\"ü\"","paperback":true}""",
        };
        await store.PutAsync([item], Cancellation);
        Assert.Equal(Told(item), Told(await store.GetAsync(id, Cancellation)));
        Assert.Equal(Told(item), Told(Assert.Single(await store.ScanAsync(Cancellation))));
        await store.PutAsync([Item(id)], Cancellation);
        Assert.Equal(Told(Item(id)), Told(await store.GetAsync(id, Cancellation)));
        Assert.True(await store.DeleteAsync(id, Cancellation));
        Assert.False(await store.DeleteAsync(id, Cancellation));
        Assert.Null(await store.GetAsync(id, Cancellation));
    }

    [Fact]
    public async Task A_thousand_items_of_the_greatest_size_are_one_write()
    {
        var storage = await NewAsync(emulator);
        var (store, follower) = Follow(storage);
        await follower.NextAsync(Cancellation);
        var items = Enumerable.Range(0, 1000).Select(i => new CatalogueItem
        {
            Id = $"{i}-" + new string('名', 250),
            Title = new string('題', CatalogueItemRules.MaxTitleLength),
            Categories = [.. Enumerable.Range(0, CatalogueItemRules.MaxCategories).Select(c => $"{c:d2}" + new string('類', 62))],
            ImageUrl = "https://example.com/" + new string('ü', 2000),
            Attributes = $$"""{"a":"{{new string('x', 4000)}}"}""",
        }).ToArray();
        await store.PutAsync(items, Cancellation);
        var update = await follower.NextAsync(Cancellation);
        Assert.False(update!.Everything);
        Assert.Equal(items.Select(Told), items.Select(item => Told(update.Items[item.Id])));
    }

    [Fact]
    public async Task A_follower_learns_everything_first_and_then_what_changed()
    {
        var storage = await NewAsync(emulator);
        var store = new ItemStore(storage);
        await store.PutAsync([Item("a"), Item("b")], Cancellation);
        var (_, follower) = Follow(storage.Again());
        var (_, other) = Follow(storage.Again());
        foreach (var one in new[] { follower, other })
        {
            var all = await one.NextAsync(Cancellation);
            Assert.True(all!.Everything);
            Assert.Equal(["a", "b"], all.Items.Keys.Order());
            Assert.Null(await one.NextAsync(Cancellation));
        }

        await store.PutAsync([Item("b", "new title"), Item("c")], Cancellation);
        await store.DeleteAsync("a", Cancellation);
        foreach (var one in new[] { follower, other })
        {
            var update = await one.NextAsync(Cancellation);
            Assert.False(update!.Everything);
            Assert.Equal(["a none", "b new title", "c A title"], update.Items.Select(i => $"{i.Key} {i.Value?.Title ?? "none"}").Order());
            Assert.Null(await one.NextAsync(Cancellation));
        }

        // The same again is no news.
        await store.PutAsync([Item("b", "new title"), Item("c")], Cancellation);
        await store.DeleteAsync("a", Cancellation);
        Assert.Null(await follower.NextAsync(Cancellation));
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task A_writer_or_a_follower_whose_clock_is_wrong_changes_nothing(int seconds)
    {
        var storage = await NewAsync(emulator);
        var wrong = storage.Again(new SkewedTime(TimeSpan.FromSeconds(seconds)));
        var (store, follower) = Follow(storage);
        var (wrongStore, wrongFollower) = Follow(wrong);
        await follower.NextAsync(Cancellation);
        await wrongFollower.NextAsync(Cancellation);
        await wrongStore.PutAsync([Item("by the wrong one")], Cancellation);
        Assert.Single((await follower.NextAsync(Cancellation))!.Items);
        Assert.Single((await wrongFollower.NextAsync(Cancellation))!.Items);
        await store.PutAsync([Item("by the right one")], Cancellation);
        Assert.Equal("by the right one", Assert.Single((await wrongFollower.NextAsync(Cancellation))!.Items).Key);
        Assert.Equal("by the right one", Assert.Single((await follower.NextAsync(Cancellation))!.Items).Key);
    }

    [Fact]
    public async Task Where_changes_cross_the_row_is_the_truth()
    {
        var storage = await NewAsync(emulator);
        var (store, follower) = Follow(storage);
        var changes = new ItemChanges(storage);
        await follower.NextAsync(Cancellation);
        await store.PutAsync([Item("a", "second")], Cancellation);
        Assert.Equal("second", (await follower.NextAsync(Cancellation))!.Items["a"]!.Title);

        // Another writer wrote the row before, and its change comes behind.
        await changes.AppendAsync([new ItemChange("a", Item("a", "first"))], Cancellation);
        Assert.Equal("second", (await follower.NextAsync(Cancellation))!.Items["a"]!.Title);
        await changes.AppendAsync([new ItemChange("a", null)], Cancellation);
        await changes.AppendAsync([new ItemChange("b", Item("b", "never written"))], Cancellation);
        await changes.AppendAsync([new ItemChange("b", null)], Cancellation);
        var update = await follower.NextAsync(Cancellation);
        Assert.Equal("second", update!.Items["a"]!.Title);
        Assert.Null(update.Items["b"]);

        // The same where the follower came in between: what it has just read is newer than the change.
        var (_, late) = Follow(storage);
        await late.NextAsync(Cancellation);
        await changes.AppendAsync([new ItemChange("a", Item("a", "first"))], Cancellation);
        Assert.Equal("second", (await late.NextAsync(Cancellation))!.Items["a"]!.Title);
    }

    [Fact]
    public async Task Many_writers_at_once_leave_every_follower_with_what_is_stored()
    {
        var storage = await NewAsync(emulator);
        var (_, follower) = Follow(storage);
        var known = new Dictionary<string, CatalogueItem?>();
        var writing = Task.WhenAll(Enumerable.Range(0, 6).Select(async writer =>
        {
            var (store, random) = (new ItemStore(storage.Again()), new Random(writer));
            for (var write = 0; write < 15; write++)
            {
                var ids = Enumerable.Range(0, 12).Where(_ => random.Next(3) == 0).ToArray();
                await (ids.Length == 0
                    ? store.DeleteAsync($"{random.Next(12)}", Cancellation)
                    : store.PutAsync([.. ids.Select(id => Item($"{id}", $"writer {writer}, {write}"))], Cancellation));
            }
        }));
        for (var ended = false; !ended;)
        {
            ended = writing.IsCompleted;
            if (await follower.NextAsync(Cancellation) is { } update)
            {
                foreach (var (id, item) in update.Items)
                {
                    known[id] = item;
                }
            }
        }

        await writing;
        var stored = await new ItemStore(storage).ScanAsync(Cancellation);
        Assert.Equal(stored.Select(Told).Order(), known.Values.Where(item => item is not null).Select(Told).Order());
    }

    [Fact]
    public async Task Now_and_then_everything_is_read_again_and_old_changes_go()
    {
        var storage = await NewAsync(emulator);
        var store = new ItemStore(storage);
        var follower = new ItemFollower(storage, store, TimeSpan.Zero);
        var changes = storage.Table(Names.ItemChangesTable);
        await store.PutAsync([Item("a")], Cancellation);
        var old = Storage.Log.FeedKey.Time(DateTimeOffset.UtcNow - ItemChanges.KeptFor - TimeSpan.FromMinutes(1));
        await changes.UpsertEntityAsync(new TableEntity("changes", old + "-old"), cancellationToken: Cancellation);

        // A writer that died between the row and the change.
        await new ItemStore(storage).PutAsync([Item("b")], Cancellation);
        var rows = await changes.QueryAsync<TableEntity>(cancellationToken: Cancellation).ToListAsync();
        await changes.DeleteEntityAsync("changes", rows[^1].RowKey, cancellationToken: Cancellation);

        Assert.Equal(2, (await follower.NextAsync(Cancellation))!.Items.Count);
        var again = await follower.NextAsync(Cancellation);
        Assert.True(again!.Everything);
        Assert.Equal(["a", "b"], again.Items.Keys.Order());
        var left = await changes.QueryAsync<TableEntity>(cancellationToken: Cancellation).ToListAsync();
        Assert.Single(left);
        Assert.DoesNotContain(left, row => row.RowKey.EndsWith("-old", StringComparison.Ordinal));
    }

    static (ItemStore Store, ItemFollower Follower) Follow(StorageConnection storage)
    {
        var store = new ItemStore(storage);
        return (store, new ItemFollower(storage, store, TimeSpan.FromHours(1)));
    }
}
