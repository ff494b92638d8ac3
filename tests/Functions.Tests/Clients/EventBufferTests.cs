using System.Net;
using SasRec.Client;

namespace SasRec.Functions.Tests.Clients;

public class EventBufferTests(SharedApp shared)
{
    static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    static readonly SasRecClientOptions Hasty = new() { Retries = 2, FirstDelay = TimeSpan.FromMilliseconds(1) };
    static readonly EventBufferOptions Small = new() { BatchSize = 20, Gather = TimeSpan.FromMilliseconds(5), RetryDelay = TimeSpan.FromMilliseconds(5), CloseWithin = TimeSpan.FromMinutes(1) };

    readonly List<UnsentEvents> unsent = [];

    [Fact]
    public async Task Events_of_outages_arrive_once_each_whether_the_request_or_its_answer_was_lost()
    {
        var user = $"u{Guid.NewGuid():N}";
        await using var gate = new Gate(shared.App.Client.BaseAddress!);
        using var client = new SasRecClient(gate.Address, TestApp.Key, Hasty);
        await using (var events = new EventBuffer(client, unsent.Add, Small))
        {
            for (var i = 0; i < 600; i++)
            {
                await events.AddAsync(new() { UserId = user, ItemId = $"item {i}" }, Cancellation);
                if (i % 50 == 25)
                {
                    // In the middle of whatever is under way.
                    var before = gate.Ended;
                    gate.Shut();
                    await Eventually.TrueAsync("somebody met the shut gate", () => Task.FromResult(gate.Ended > before));
                    gate.Open();
                }
            }
        }

        Assert.Empty(unsent);
        await Eventually.TrueAsync("all are in the log", async () => (await ItemsAsync(user)).Length >= 600);
        Assert.Equal(Enumerable.Range(0, 600).Select(i => $"item {i}").Order(), (await ItemsAsync(user)).Order());
    }

    [Fact]
    public async Task A_flush_waits_until_what_was_added_before_is_taken()
    {
        var user = $"u{Guid.NewGuid():N}";
        using var client = new SasRecClient(shared.App.Client.BaseAddress!, TestApp.Key);
        await using var events = new EventBuffer(client, unsent.Add, Small with { Gather = TimeSpan.FromHours(1) });
        var id = await events.AddAsync(new() { UserId = user, ItemId = "item 1", Type = "rating", Value = 4.5 }, Cancellation);
        await events.FlushAsync(Cancellation);
        await Eventually.TrueAsync("it is in the log", async () => (await ItemsAsync(user)) is ["item 1"]);
        Assert.Equal(id, (await shared.App.GetAsync($"/api/users/{user}")).GetProperty("interactions")[0].GetProperty("eventId").GetString());
    }

    [Fact]
    public async Task What_the_server_refuses_is_handed_back_and_the_others_of_its_batch_arrive()
    {
        var user = $"u{Guid.NewGuid():N}";
        using var client = new SasRecClient(shared.App.Client.BaseAddress!, TestApp.Key);
        await using (var events = new EventBuffer(client, unsent.Add, Small with { Gather = TimeSpan.FromHours(1) }))
        {
            await events.AddAsync(new() { UserId = user, ItemId = "item 1" }, Cancellation);
            await events.AddAsync(new() { UserId = user, ItemId = "item 2", Timestamp = DateTimeOffset.UnixEpoch }, Cancellation);
            await events.AddAsync(new() { UserId = user, ItemId = "item 3" }, Cancellation);
        }

        var refused = Assert.Single(unsent);
        Assert.Equal("item 2", Assert.Single(refused.Events).ItemId);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Cause.Status);
        await Eventually.TrueAsync("the others are in the log", async () => (await ItemsAsync(user)).Order().SequenceEqual(["item 1", "item 3"]));
    }

    [Fact]
    public async Task What_is_left_when_it_is_closed_is_handed_back_with_its_ids()
    {
        await using var gate = new Gate(shared.App.Client.BaseAddress!);
        gate.Shut();
        using var client = new SasRecClient(gate.Address, TestApp.Key, Hasty);
        var events = new EventBuffer(client, unsent.Add, Small with { CloseWithin = TimeSpan.FromMilliseconds(50) });
        var ids = new List<string>();
        for (var i = 0; i < 45; i++)
        {
            ids.Add(await events.AddAsync(new() { UserId = "u", ItemId = $"item {i}" }, Cancellation));
        }

        await events.DisposeAsync();
        Assert.Equal(ids, unsent.SelectMany(batch => batch.Events).Select(e => e.EventId!));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await events.AddAsync(new() { UserId = "u", ItemId = "i" }, Cancellation));
    }

    [Fact]
    public async Task A_full_buffer_makes_its_caller_wait()
    {
        await using var gate = new Gate(shared.App.Client.BaseAddress!);
        gate.Shut();
        using var client = new SasRecClient(gate.Address, TestApp.Key, Hasty);
        await using var events = new EventBuffer(client, unsent.Add, Small with { BatchSize = 1, Capacity = 2 });
        var user = $"u{Guid.NewGuid():N}";
        var adding = Enumerable.Range(0, 5).Select(i => events.AddAsync(new() { UserId = user, ItemId = $"item {i}" }, Cancellation).AsTask()).ToArray();
        await Eventually.TrueAsync("one is under way", () => Task.FromResult(gate.Ended > 0));
        Assert.Contains(adding, added => !added.IsCompleted);
        gate.Open();
        await Task.WhenAll(adding);
        await events.FlushAsync(Cancellation);
        await Eventually.TrueAsync("all are in the log", async () => (await ItemsAsync(user)).Length == 5);
    }

    async Task<string[]> ItemsAsync(string user) => [.. (await shared.App.GetAsync($"/api/users/{user}?count=1000"))
        .GetProperty("interactions").EnumerateArray().Select(e => e.GetProperty("itemId").GetString()!)];
}
