using System.Text;
using SasRec.Core.Events;
using SasRec.Storage.Messages;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Messages;

public class InteractionQueueTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static async Task<List<string>> ReceiveAllAsync(StorageConnection storage, string queue)
    {
        var texts = new List<string>();
        while (
            (await storage.Queue(queue).ReceiveMessagesAsync(32, TimeSpan.FromMinutes(5), Cancellation)).Value is { Length: > 0 } messages)
        {
            texts.AddRange(messages.Select(m => m.Body.ToString()));
        }

        return texts;
    }

    [Fact]
    public async Task Events_arrive_as_they_were_sent_in_as_many_messages_as_their_size_needs()
    {
        var storage = await NewAsync(emulator);
        var events = Enumerable.Range(0, 1000)
            .Select(i => Event(
                $"user{i} 名前 \"😀\" <b>", $"item\\{i}", i) with { Value = i % 3 == 0 ? i / 7.0 : null, TimestampAssigned = i % 2 == 0 })
            .ToArray();
        var sent = await new InteractionQueue(storage).SendAsync(events, Cancellation);
        var received = await ReceiveAllAsync(storage, Names.InteractionsQueue);
        Assert.InRange(sent, 2, 8);
        Assert.Equal(sent, received.Count);
        Assert.All(received, text => Assert.InRange(Encoding.UTF8.GetByteCount(text), 1, 48 * 1024));
        var read = received.SelectMany(InteractionMessage.Parse).OrderBy(i => i.Timestamp).ToArray();
        Assert.Equal(events, read.Select(i => i with { AcceptedAt = null }));

        // Where the client named the time, the time of acceptance is another.
        Assert.All(read, i => Assert.Equal(i.TimestampAssigned, i.AcceptedAt is null));
    }

    [Fact]
    public async Task The_largest_event_there_can_be_fits_a_message()
    {
        var storage = await NewAsync(emulator);
        var worst = new string('\u0001', Interaction.MaxIdLength);
        var largest = Event(worst, worst, 0, worst) with
        {
            RecommendationId = worst,
            Type = worst[..Interaction.MaxLabelLength], Source = worst[..Interaction.MaxLabelLength], Value = double.MinValue,
        };
        Assert.Equal(1, await new InteractionQueue(storage).SendAsync([largest], Cancellation));
        var read = InteractionMessage.Parse(Assert.Single(await ReceiveAllAsync(storage, Names.InteractionsQueue)));
        Assert.Equal([largest], read.Select(i => i with { AcceptedAt = null }));
    }

    [Fact]
    public async Task Messages_lie_in_the_queue_as_base64()
    {
        var storage = await NewAsync(emulator);
        await new InteractionQueue(storage).SendAsync([Event("ann", "a")], Cancellation);
        var raw = (await storage.RawQueue(Names.InteractionsQueue).PeekMessageAsync(Cancellation)).Value.Body.ToString();
        Assert.Matches("^{\"formatVersion\":1,\"acceptedAt\":\"[-0-9T:.]+Z\",(\"traceParent\":\"[-0-9a-f]+\",)?\"events\":\\[{\"eventId\":\"ann-a-0\"", Encoding.UTF8.GetString(Convert.FromBase64String(raw)));
    }

    [Fact]
    public async Task No_event_is_no_message() =>
        Assert.Equal(0, await new InteractionQueue(await NewAsync(emulator)).SendAsync([], Cancellation));

    [Fact]
    public async Task An_impression_arrives_as_it_was_sent()
    {
        var storage = await NewAsync(emulator);
        var slate = new Impression
        {
            RecommendationId = "r", ServedAt = Noon, ModelVersion = "m", Recommender = "sasrec",
            Temperature = 0, Epsilon = 0, Seed = ulong.MaxValue,
            EligibleCount = 2, Items = [new ServedItem("a", 1, 1.5, 1, false)],
        };
        await new ImpressionQueue(storage).SendAsync([slate], Cancellation);
        var text = Assert.Single(await ReceiveAllAsync(storage, Names.ImpressionsQueue));

        // Older programs read it too.
        Assert.Contains("\"source\":\"sasrec\",\"sourceShare\":1,", text, StringComparison.Ordinal);
        var found = Assert.Single(ImpressionMessage.Parse(text));
        Assert.Equal(slate.Items, found.Items);
        Assert.Equal(slate, found with { Items = slate.Items });
    }

    [Fact]
    public void An_impression_of_old_is_read()
    {
        const string Old = "{\"formatVersion\":1,\"acceptedAt\":\"2026-01-15T12:00:00.0000000Z\",\"events\":[{\"recommendationId\":\"r\",\"placement\":\"home\","
            + "\"servedAt\":\"2026-01-15T12:00:00+00:00\",\"modelVersion\":\"m\",\"source\":\"similar\",\"sourceShare\":0.25,\"temperature\":0.5,\"epsilon\":0.1,"
            + "\"seed\":7,\"eligibleCount\":2,\"unservedSoftMaximum\":1.5,\"unservedSoftMaxima\":[{\"temperature\":1,\"value\":2}],"
            + "\"items\":[{\"itemId\":\"a\",\"rank\":1,\"score\":1.5,\"propensity\":0.5,\"explored\":true}]}]}";
        var found = Assert.Single(ImpressionMessage.Parse(Old));
        Assert.Equal(("similar", 0.25, 1.5, new LogSumExp(1, 2)), (found.Recommender, found.RecommenderShare, found.UnservedLogSumExp, Assert.Single(found.UnservedLogSumExps!)));
    }

    [Theory]
    [InlineData("{\"acceptedAt\":\"2026-01-15T12:00:00.0000000Z\",\"events\":[@]}", true)]
    [InlineData("[@]", false)]
    [InlineData("{\"traceParent\":\"formatVersion\",\"events\":[@],\"formatVersion\":1}", false)]
    public void A_message_without_a_version_or_of_the_known_one_is_read(string message, bool accepted)
    {
        const string Old =
            "{\"eventId\":\"ann-a-0\",\"userId\":\"ann\",\"itemId\":\"a\",\"type\":\"view\",\"source\":\"organic\",\"timestamp\":\"2026-01-15T12:00:00+00:00\"}";
        Assert.Equal([Event("ann", "a") with { AcceptedAt = accepted ? Noon : null }], InteractionMessage.Parse(message.Replace("@", Old, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{\"formatVersion\":2,\"events\":[]}")]
    [InlineData("{\"events\":\"of another shape\",\"formatVersion\":2}")]
    public void A_newer_message_is_refused_by_its_version(string message)
    {
        const string Refusal = "The queue message has format version 2, but this program reads versions up to 1: use the version that wrote it.";
        Assert.Equal(Refusal, Assert.Throws<NewerFormatException>(() => InteractionMessage.Open(message)).Message);
        Assert.Equal(Refusal, Assert.Throws<NewerFormatException>(() => ImpressionMessage.Open(message)).Message);
    }

    [Theory]
    [InlineData("{\"formatVersion\":\"two\",\"events\":[]}")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[{\"eventId\":\"1\"}]")]
    [InlineData("[{]")]
    public void What_is_no_message_is_refused(string text) => Assert.Throws<FormatException>(() => InteractionMessage.Parse(text));
}
