using SasRec.Storage.Messages;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Messages;

public class PoisonMessagesTests(StorageEmulator emulator)
{
    const string Queue = Names.InteractionsQueue;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failed_messages_are_counted_and_sent_once_more()
    {
        var storage = await NewAsync(emulator);
        var poison = new PoisonMessages(storage);
        for (var i = 0; i < 40; i++)
        {
            await storage.Queue(Queue + Names.PoisonSuffix).SendMessageAsync($"message {i}", Cancellation);
        }

        Assert.Equal(40, await poison.CountAsync(Queue, Cancellation));
        Assert.Equal(40, await poison.ReplayAsync(Queue, Cancellation));
        Assert.Equal(0, await poison.CountAsync(Queue, Cancellation));

        var replayed = new List<string>();
        while ((await storage.Queue(Queue).ReceiveMessagesAsync(32, cancellationToken: Cancellation)).Value is { Length: > 0 } messages)
        {
            replayed.AddRange(messages.Select(m => m.Body.ToString()));
        }

        Assert.Equal(
            Enumerable.Range(0, 40).Select(i => $"message {i}").Order(StringComparer.Ordinal), replayed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_message_that_is_not_base64_is_moved_as_it_is()
    {
        var storage = await NewAsync(emulator);
        var poison = new PoisonMessages(storage);
        await storage.RawQueue(Queue + Names.PoisonSuffix).SendMessageAsync("not base64!", Cancellation);
        Assert.Equal(1, await poison.ReplayAsync(Queue, Cancellation));
        Assert.Equal("not base64!", (await storage.RawQueue(Queue).PeekMessageAsync(Cancellation)).Value.Body.ToString());
    }

    [Fact]
    public async Task A_queue_that_never_failed_has_none()
    {
        var poison = new PoisonMessages(await NewAsync(emulator));
        Assert.Equal(0, await poison.CountAsync("nosuchqueue", Cancellation));
        Assert.Equal(0, await poison.ReplayAsync("nosuchqueue", Cancellation));
    }

    [Fact]
    public async Task What_stays_when_a_user_is_forgotten_is_in_sight_at_once()
    {
        var storage = await NewAsync(emulator);
        var poison = new PoisonMessages(storage);
        foreach (var user in (string[])["ann", "ben", "cid"])
        {
            await storage.Queue(Queue + Names.PoisonSuffix).SendMessageAsync($"of \"{user}\"", Cancellation);
        }

        Assert.Equal(1, await poison.ForgetUserAsync(Queue, "ben", Noon, Cancellation));
        var left = await poison.ListAsync(Queue, 32, Cancellation);
        Assert.Equal(["of \"ann\"", "of \"cid\""], left.Select(message => message.Text).Order(StringComparer.Ordinal));
        Assert.True(await poison.DropAsync(Queue, left[0].MessageId, Cancellation));
        Assert.Single(await poison.ListAsync(Queue, 32, Cancellation));
    }
}
