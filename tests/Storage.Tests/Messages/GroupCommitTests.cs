using System.Text;
using SasRec.Storage.Messages;

namespace SasRec.Storage.Tests.Messages;

public class GroupCommitTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    readonly ManualTime time = new();
    readonly Channel sent = new();

    static byte[][] Events(params string[] names) => [.. names.Select(Encoding.UTF8.GetBytes)];

    GroupCommit Groups() => new(sent.SendAsync, time);

    [Fact]
    public async Task A_caller_alone_is_sent_at_once_and_waits_until_it_is_stored()
    {
        var call = Groups().SendAsync(Events("a"), Cancellation);
        var first = await sent.NextAsync();
        Assert.Equal(["a"], first.Events);
        Assert.False(call.IsCompleted);
        first.Stored.SetResult(1);
        Assert.Equal(1, await call);
    }

    [Fact]
    public async Task Calls_that_come_while_a_message_is_on_its_way_share_the_next_one()
    {
        var groups = Groups();
        var alone = groups.SendAsync(Events("a"), Cancellation);
        var first = await sent.NextAsync();
        var others = new[] { groups.SendAsync(Events("b", "c"), Cancellation), groups.SendAsync(Events("d"), Cancellation) };
        first.Stored.SetResult(1);
        await alone;
        Assert.All(others, call => Assert.False(call.IsCompleted));
        await Eventually(() => time.Due.Count > 0);
        time.Advance(GroupCommit.LongestWait);
        var second = await sent.NextAsync();
        Assert.Equal(["b", "c", "d"], second.Events);
        second.Stored.SetResult(1);
        await Task.WhenAll(others);
    }

    [Fact]
    public async Task A_message_that_storage_does_not_take_holds_the_others_up_for_a_bounded_time()
    {
        var groups = Groups();
        _ = groups.SendAsync(Events("slow"), Cancellation);
        var slow = await sent.NextAsync();
        var call = groups.SendAsync(Events("b"), Cancellation);
        await Eventually(() => time.Due.Count > 0);
        time.Advance(GroupCommit.LongestWait);
        var second = await sent.NextAsync();
        second.Stored.SetResult(1);
        await call;
        Assert.False(slow.Stored.Task.IsCompleted);
    }

    [Fact]
    public async Task A_group_that_fills_a_message_does_not_wait()
    {
        var groups = Groups();
        _ = groups.SendAsync(Events("slow"), Cancellation);
        await sent.NextAsync();
        _ = groups.SendAsync([new byte[MessagePacker.MaxBytes / 2]], Cancellation);
        _ = groups.SendAsync([new byte[MessagePacker.MaxBytes / 2]], Cancellation);
        Assert.Equal(2, (await sent.NextAsync()).Events.Length);
    }

    [Fact]
    public async Task A_failure_reaches_every_caller_of_the_group_and_no_later_one()
    {
        var groups = Groups();
        var call = groups.SendAsync(Events("a"), Cancellation);
        (await sent.NextAsync()).Stored.SetException(new InvalidOperationException("no storage"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => call);
        var next = groups.SendAsync(Events("b"), Cancellation);
        (await sent.NextAsync()).Stored.SetResult(1);
        Assert.Equal(1, await next);
    }

    [Fact]
    public async Task Who_gives_up_before_the_group_leaves_is_not_sent()
    {
        var groups = Groups();
        _ = groups.SendAsync(Events("a"), Cancellation);
        var first = await sent.NextAsync();
        using var patience = new CancellationTokenSource();
        var given = groups.SendAsync(Events("given up"), patience.Token);
        _ = groups.SendAsync(Events("b"), Cancellation);
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await Eventually(() => time.Due.Count > 0);
        time.Advance(GroupCommit.LongestWait);
        Assert.Equal(["b"], (await sent.NextAsync()).Events);
        first.Stored.SetResult(1);
    }

    static async Task Eventually(Func<bool> holds)
    {
        while (!holds())
        {
            await Task.Yield();
            Cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Storage that answers when a test lets it.</summary>
    sealed class Channel
    {
        readonly System.Threading.Channels.Channel<Sending> sendings = System.Threading.Channels.Channel.CreateUnbounded<Sending>();

        public Task<int> SendAsync(IReadOnlyList<byte[]> events)
        {
            var sending = new Sending([.. events.Select(Encoding.UTF8.GetString)], new TaskCompletionSource<int>());
            sendings.Writer.TryWrite(sending);
            return sending.Stored.Task;
        }

        public async Task<Sending> NextAsync() => await sendings.Reader.ReadAsync(Cancellation);
    }

    sealed record Sending(string[] Events, TaskCompletionSource<int> Stored);
}
