using SasRec.Azurite;
using SasRec.Core.Events;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

public class StorageOperationsTests
{
    const string History = "Interactions()";
    const string User = "shopper";
    const string Impressions = "impressions/messages";

    [Fact]
    public async Task A_request_reads_once_and_writes_once_and_many_at_once_share_their_writes()
    {
        await using var azurite = await AzuriteServer.StartAsync();
        await using var queues = new StorageRelay(azurite.QueuePort);
        await using var tables = new StorageRelay(azurite.TablePort);
        await using var app = await TestApp.StartAsync(azurite, $"AzureWebJobsStorage={StorageRelay.ConnectionString(azurite, queues, tables)}");
        await app.ServesAsync(await new TestModel(40).PublishAsync(app.Get<ModelRegistry>()));
        await app.Get<InteractionLog>().AppendAsync(
        [
            .. Enumerable.Range(0, 64).Select(i => new Interaction
            {
                EventId = $"{i}", UserId = $"{User}{i}", ItemId = $"item {i % 40}", Timestamp = DateTimeOffset.UtcNow.AddMinutes(-1),
            }),
        ]);

        await AskAsync(0);
        Assert.Equal((1, 1), (tables.Count("GET", History, User), queues.Count("POST", Impressions)));

        // One user's page asks for several slates: how many share a read depends on how long it takes.
        var (reads, writes) = (tables.Count("GET", History, User), queues.Count("POST", Impressions));
        var page = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync(1)));
        Assert.InRange(tables.Count("GET", History, User) - reads, 1, 8);
        Assert.InRange(queues.Count("POST", Impressions) - writes, 1, 8);

        // A busy host: at least one of some rounds is busy on any machine.
        var ids = page.ToList();
        for (var round = 1; ; round++)
        {
            (reads, writes) = (tables.Count("GET", History, User), queues.Count("POST", Impressions));
            ids.AddRange(await Task.WhenAll(Enumerable.Range(0, 64).Select(AskAsync)));
            Assert.InRange(tables.Count("GET", History, User) - reads, 1, 64);
            if (queues.Count("POST", Impressions) - writes < 64 / 4)
            {
                break;
            }

            Assert.True(round < 10, $"{queues.Count("POST", Impressions) - writes} writes of 64 impressions");
        }

        // Whatever shares a message is in the log, each by its own id.
        var log = app.Get<ImpressionLog>();
        await Eventually.TrueAsync("every slate is logged", async () =>
            (await Task.WhenAll(ids.Select(id => log.GetAsync(id)))).All(impression => impression is not null));

        async Task<string> AskAsync(int user)
        {
            var slate = await app.GetAsync($"/api/recommendations/{User}{user}");
            Assert.True(slate.GetProperty("logged").GetBoolean());
            return slate.GetProperty("recommendationId").GetString()!;
        }
    }
}
