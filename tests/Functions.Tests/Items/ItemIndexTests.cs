using SasRec.Core.Explore;
using SasRec.Core.Items;
using SasRec.Core.Sequences;
using SasRec.Functions.Items;
using SasRec.Storage.Items;
using SasRec.Testing;

namespace SasRec.Functions.Tests.Items;

public class ItemIndexTests
{
    static readonly ItemVocabulary Known = new(["a", "b", "c"]);

    readonly ManualTime time = new();

    [Fact]
    public void Without_a_catalogue_everything_that_the_model_knows_is_eligible_and_nothing_else()
    {
        var index = new ItemIndex(Known, Catalogue.Empty, time.GetUtcNow());
        Assert.Equal((3, 3), (index.Count, index.EligibleAt(time.GetUtcNow()).Count));
        Assert.False(index.TryGetPlace("d", out _));
        Assert.Equal(0, index.InAnyOf(["x"]).Count);
    }

    [Fact]
    public void Publication_and_expiry_come_with_the_time_and_without_a_write()
    {
        var now = time.GetUtcNow();
        var index = Index(
            Item("a") with { PublishedAt = now.AddSeconds(10) },
            Item("b") with { PublishedAt = now.AddSeconds(20), ExpiresAt = now.AddSeconds(30) },
            Item("c") with { ExpiresAt = now.AddSeconds(20) },
            Item("new") with { PublishedAt = now.AddSeconds(20) },
            Item("over") with { ExpiresAt = now },
            Item("withheld") with { Available = false, PublishedAt = now.AddSeconds(1) });
        Assert.Equal("c", Eligible(index));
        time.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Equal("c", Eligible(index));
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("a c", Eligible(index));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("a b new", Eligible(index));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("a new", Eligible(index));

        // An index that is made late begins where the schedule stands.
        Assert.Equal("a new", Eligible(new ItemIndex(Known, index.Catalogue, time.GetUtcNow())));
    }

    [Fact]
    public void What_a_request_does_to_its_set_is_not_seen_by_others()
    {
        var index = Index(Item("a") with { Categories = ["x"] });
        index.EligibleAt(time.GetUtcNow()).Remove(0);
        index.InAnyOf(["x"]).Remove(0);
        Assert.Equal("a b c", Eligible(index));
        Assert.Equal("a", Ids(index, index.InAnyOf(["x"])));
    }

    [Fact]
    public void New_items_stand_behind_the_models_in_the_order_of_their_ids()
    {
        var index = Index(Item("z"), Item("b"), Item("Ü"), Item("d"));
        Assert.Equal(["a", "b", "c", "d", "z", "Ü"], Enumerable.Range(0, index.Count).Select(index.IdOf));
        Assert.Equal([false, false, false, true, true, true], Enumerable.Range(0, index.Count).Select(index.IsNew));
        Assert.True(index.TryGetPlace("z", out var place) && place == 4);
        Assert.False(index.TryGetKnown("z", out _));
    }

    [Fact]
    public void Categories_small_and_large_are_what_the_items_say()
    {
        var known = new ItemVocabulary(Enumerable.Range(0, 1000).Select(i => $"{i}"));
        var items = Enumerable.Range(0, 1100).Select(i => Item($"{i}") with { Categories = [$"by {i % 2}", $"by hundred {i % 100}"] });
        var index = new ItemIndex(known, With([.. items]), time.GetUtcNow());
        foreach (var (names, expected) in new (string[], Func<int, bool>)[]
        {
            (["by 1"], i => i % 2 == 1),
            (["by hundred 7"], i => i % 100 == 7),
            (["by hundred 7", "by 1", "none"], i => i % 2 == 1),
            (["by hundred 8", "by hundred 7"], i => i % 100 is 7 or 8),
            ([], _ => false),
        })
        {
            var found = index.InAnyOf(names);
            Assert.All(Enumerable.Range(0, 1100), i => Assert.Equal(expected(i), found.Contains(index.TryGetPlace($"{i}", out var place) ? place : -1)));
        }
    }

    [Fact]
    public void A_catalogue_follows_its_updates()
    {
        var catalogue = With(Item("b"), Item("a"));
        var changed = catalogue.With(new ItemUpdate(false, new Dictionary<string, CatalogueItem?> { ["a"] = null, ["c"] = Item("c"), ["b"] = Item("b") with { Title = "new" } }));
        Assert.Equal(["b new", "c title of c"], changed.Items.Select(i => $"{i.Id} {i.Title}"));
        Assert.Equal(["a", "b"], catalogue.Items.Select(i => i.Id));
        Assert.Equal(["z"], changed.With(new ItemUpdate(true, new Dictionary<string, CatalogueItem?> { ["z"] = Item("z") })).Items.Select(i => i.Id));
        Assert.Equal("new", changed.Find("b")!.Title);
        Assert.Null(changed.Find("a"));
    }

    static CatalogueItem Item(string id) => new() { Id = id, Title = $"title of {id}" };

    static Catalogue With(params CatalogueItem[] items) =>
        Catalogue.Empty.With(new ItemUpdate(true, items.ToDictionary(item => item.Id, CatalogueItem? (item) => item)));

    ItemIndex Index(params CatalogueItem[] items) => new(Known, With(items), time.GetUtcNow());

    string Eligible(ItemIndex index) => Ids(index, index.EligibleAt(time.GetUtcNow()));

    static string Ids(ItemIndex index, ItemSet items) =>
        string.Join(' ', Enumerable.Range(0, index.Count).Where(items.Contains).Select(index.IdOf));
}
