using System.Net;
using System.Text.Json;
using SasRec.Client;
using SasRec.Functions.Tests.Rules;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Clients;

public sealed class SasRecClientTests(RuledApp ruled) : IClassFixture<RuledApp>, IDisposable
{
    static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    readonly TestApp app = ruled.Serving.App;
    readonly SasRecClient client = new(ruled.Serving.App.Client.BaseAddress!, TestApp.Key);

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task Slates_of_every_rail_are_read_with_what_the_catalogue_knows()
    {
        var slate = await client.RecommendAsync(new() { History = ["item 3"], Count = 5, Explain = true, Placement = "home", AllowCategories = ["c1", "c2"] }, Cancellation);
        Assert.Equal(("home", 5, true, "sasrec"), (slate.Placement, slate.Items.Count, slate.Logged, slate.Source));
        Assert.All(slate.Items, item => Assert.Contains(Assert.Single(item.Categories!), new[] { "c1", "c2" }));
        Assert.All(slate.Items, item => Assert.InRange(item.Propensity, double.Epsilon, 1));
        Assert.All(slate.Items, item => Assert.NotNull(item.Because));
        Assert.NotNull(slate.RecommendationId);

        var similar = await client.SimilarAsync("item 10", new() { Count = 3, Deny = ["item 11"], UserId = "somebody & co" }, Cancellation);
        Assert.Equal((3, "somebody & co"), (similar.Items.Count, similar.UserId));
        Assert.All(similar.Items, item => Assert.InRange(item.Similarity!.Value, 0.5, 1));
        Assert.DoesNotContain(similar.Items, item => item.ItemId == "item 11");

        var popular = await client.PopularAsync(PopularBy.All, new() { Count = 4, Preview = true }, Cancellation);
        Assert.Equal(("popularity-all", 4, null), (popular.Source, popular.Items.Count, popular.RecommendationId));
    }

    [Fact]
    public async Task Items_are_put_found_and_deleted_by_any_id()
    {
        const string Id = "a/b ? & ü%2F";
        var price = new Dictionary<string, JsonElement> { ["price"] = JsonSerializer.SerializeToElement(2.5) };
        await client.PutItemsAsync([new() { Id = Id, Title = "Odd", Categories = ["odd"], Available = false, Attributes = price }], Cancellation);
        CatalogueItem? found = null;
        await Eventually.TrueAsync("the item is in the catalogue", async () => (found = await client.FindItemAsync(Id, Cancellation)) is not null);
        Assert.Equal((Id, "Odd", false, 2.5), (found!.Id, found.Title, found.Available, found.Attributes!["price"].GetDouble()));
        Assert.True(await client.DeleteItemAsync(Id, Cancellation));
        Assert.Null(await client.FindItemAsync("no such item", Cancellation));
    }

    [Fact]
    public async Task A_refusal_names_the_fields_and_is_not_sent_again()
    {
        var refused = await Assert.ThrowsAsync<SasRecException>(() => client.RecommendAsync(new() { UserId = "ann", Count = 1000 }, Cancellation));
        Assert.Equal((HttpStatusCode.BadRequest, false), (refused.Status, refused.IsTransient));
        Assert.Equal(("k", "1000"), (Assert.Single(refused.Errors).Field, refused.Errors[0].Value));
        using var stranger = new SasRecClient(app.Client.BaseAddress!, "wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, (await Assert.ThrowsAsync<SasRecException>(() => stranger.PopularAsync(cancellation: Cancellation))).Status);
    }

    [Fact]
    public async Task A_request_in_an_outage_waits_it_out()
    {
        await using var gate = new Gate(app.Client.BaseAddress!);
        using var behind = new SasRecClient(gate.Address, TestApp.Key, new() { Retries = 100, FirstDelay = TimeSpan.FromMilliseconds(5) });
        gate.Shut();
        var asked = behind.PopularAsync(request: new() { Preview = true }, cancellation: Cancellation);
        await Eventually.TrueAsync("it was tried again", () => Task.FromResult(gate.Ended >= 3));
        gate.Open();
        Assert.NotEmpty((await asked).Items);
    }

    [Fact]
    public async Task Without_an_answer_the_failure_says_so_and_may_pass()
    {
        await using var gate = new Gate(app.Client.BaseAddress!);
        gate.Shut();
        using var behind = new SasRecClient(gate.Address, TestApp.Key, new() { Retries = 1, FirstDelay = TimeSpan.FromMilliseconds(1) });
        var failed = await Assert.ThrowsAsync<SasRecException>(() => behind.PopularAsync(cancellation: Cancellation));
        Assert.Equal((null, true), (failed.Status, failed.IsTransient));
    }

    [Fact]
    public async Task Sightings_and_clicks_stand_beside_their_slate()
    {
        var user = $"u{Guid.NewGuid():N}";
        var slate = await client.RecommendAsync(new() { UserId = user, Count = 3 }, Cancellation);
        var unsent = new List<UnsentEvents>();
        await using (var events = new EventBuffer(client, unsent.Add))
        {
            await events.SeenAsync(slate, user, Cancellation);
            await events.ClickedAsync(slate, user, slate.Items[1].ItemId, cancellation: Cancellation);
        }

        Assert.Empty(unsent);
        var served = await Eventually.GetAsync(
            "all is beside the slate",
            async () => await app.Get<ImpressionLog>().ScanSlatesAsync(DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddMinutes(1), Cancellation)
                .FirstOrDefaultAsync(found => found.Impression.RecommendationId == slate.RecommendationId, Cancellation),
            found => found?.Events.Count == 4);
        Assert.Equal(3, served!.Events.Count(e => e.Type == UserEvent.Seen));
        Assert.Equal(slate.Items[1].ItemId, served.Events.Single(e => e.Type == "click").ItemId);
    }
}
