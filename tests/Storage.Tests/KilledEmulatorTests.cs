using System.Diagnostics;
using SasRec.Azurite;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests;

public sealed class KilledEmulatorTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task What_the_emulator_acknowledged_survives_its_being_killed()
    {
        var options = new StorageOptions { FeedMargin = TimeSpan.FromSeconds(3), FeedLag = TimeSpan.FromSeconds(7) };
        var events = Enumerable.Range(0, 200).Select(i => Event($"user{i % 30}", $"item{i}", i)).ToArray();
        await using (var azurite = await AzuriteServer.StartAsync(scratch.Path, cancellation: Cancellation))
        {
            var storage = new StorageConnection(options with { ConnectionString = azurite.ConnectionString });
            await storage.EnsureCreatedAsync(Cancellation);
            var log = new InteractionLog(storage);
            await log.AppendAsync(events, Cancellation);
            await log.AppendAsync(events[..20], Cancellation);
            await log.DeleteUserAsync("user7", Cancellation);
            await new InteractionQueue(storage).SendAsync(events, Cancellation);
            await new InteractionQueue(storage).SendAsync([events[0]], Cancellation);
            var message = (await storage.Queue(Names.InteractionsQueue).ReceiveMessageAsync(cancellationToken: Cancellation)).Value;
            await storage.Queue(Names.InteractionsQueue).DeleteMessageAsync(message.MessageId, message.PopReceipt, Cancellation);
            await storage.Container(Names.ModelsContainer).GetBlobClient("a").UploadAsync(new BinaryData("content"), Cancellation);
            await storage.Container(Names.ModelsContainer).GetBlobClient("b").UploadAsync(new BinaryData("gone"), Cancellation);
            await storage.Container(Names.ModelsContainer).GetBlobClient("b").DeleteAsync(cancellationToken: Cancellation);
            using var process = Process.GetProcessById(azurite.ProcessId);
            process.Kill();
            await process.WaitForExitAsync(Cancellation);
        }

        for (var start = 0; start < 2; start++)
        {
            await using var azurite = await AzuriteServer.StartAsync(scratch.Path, cancellation: Cancellation);
            var storage = new StorageConnection(options with { ConnectionString = azurite.ConnectionString });
            await storage.EnsureCreatedAsync(Cancellation);
            var all = await new InteractionLog(storage).ScanAsync(Cancellation).ToListAsync();
            Assert.Equal(
                events.Where(e => e.UserId != "user7").OrderBy(e => e.EventId, StringComparer.Ordinal),
                all.OrderBy(e => e.EventId, StringComparer.Ordinal));
            Assert.Equal("item183", (await new InteractionLog(storage).NewestAsync("user3", 10, Cancellation))[0].ItemId);
            var message = InteractionMessage.Parse(
                (await storage.Queue(Names.InteractionsQueue).PeekMessageAsync(Cancellation)).Value.Body.ToString());
            Assert.Equal([events[0]], message.Select(i => i with { AcceptedAt = null }));
            var blobs = await storage.Container(Names.ModelsContainer).GetBlobsAsync(cancellationToken: Cancellation).ToListAsync();
            Assert.Equal(["a"], blobs.Select(b => b.Name));
            Assert.Equal("content", (await storage.Container(
                Names.ModelsContainer).GetBlobClient("a").DownloadContentAsync(Cancellation)).Value.Content.ToString());
        }
    }
}
