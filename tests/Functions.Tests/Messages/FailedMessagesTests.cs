using SasRec.Storage;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Messages;

public class FailedMessagesTests
{
    [Fact]
    public async Task A_failed_message_is_shown_with_what_is_wrong_and_can_be_dropped_or_sent_again_without_touching_the_others()
    {
        await using var app = await TestApp.StartAsync();
        Assert.Equal(0, (await app.GetAsync("/api/messages")).GetProperty("messages").GetArrayLength());
        await SetAsideAsync(app, Names.InteractionsQueue, "no interactions");
        await SetAsideAsync(app, Names.InteractionsQueue, """[{"eventId":"e1","userId":"ben","itemId":"emma","type":"view","source":"organic","timestamp":"2026-01-15T12:00:00Z"}]""");
        await SetAsideAsync(app, Names.InteractionsQueue, """[{"eventId":"","userId":"ben","itemId":"emma","type":"view","source":"organic","timestamp":"2026-01-15T12:00:00Z"}]""");
        await SetAsideAsync(app, Names.ImpressionsQueue, "[]]");

        var shown = (await app.GetAsync("/api/messages?count=32")).GetProperty("messages").EnumerateArray().ToArray();
        Assert.Equal(4, shown.Length);
        Assert.Equal(1, shown.Count(message => message.GetProperty("queue").GetString() == "impressions"));
        Assert.Contains(shown, message => message.GetProperty("problem").GetString()?.StartsWith("The message does not hold events", StringComparison.Ordinal) == true);
        Assert.Contains(shown, message => message.GetProperty("problem").GetString()?.StartsWith("events[0]: eventId is no id", StringComparison.Ordinal) == true);
        Assert.Single(shown, message => message.GetProperty("problem").GetString() is null && message.GetProperty("events").GetInt32() == 1);

        var bad = shown.Single(message => message.GetProperty("text").GetString() == "no interactions").GetProperty("messageId").GetString()!;
        Assert.Equal("interactions", (await app.SendAsync(HttpMethod.Delete, $"/api/messages/{bad}", 200)).GetProperty("queue").GetString());
        Assert.Equal(3, (await app.GetAsync("/api/messages")).GetProperty("messages").GetArrayLength());
        await app.SendAsync(HttpMethod.Delete, $"/api/messages/{bad}", 404);
        Assert.Equal(3, (await app.GetAsync("/api/messages")).GetProperty("messages").GetArrayLength());

        var good = shown.Single(message => message.GetProperty("problem").GetString() is null).GetProperty("messageId").GetString()!;
        Assert.Equal("interactions", (await app.PostAsync($"/api/messages/{good}/replay", "", 200)).GetProperty("queue").GetString());
        await Eventually.TrueAsync("the event is in the log", async () => (await app.Get<InteractionLog>().NewestAsync("ben", 1)).Count == 1);
        Assert.Equal(2, (await app.GetAsync("/api/messages")).GetProperty("messages").GetArrayLength());
        await app.PostAsync($"/api/messages/{good}/replay", "", 404);
        Assert.Equal(1, (await app.PostAsync("/api/messages/replay", "", 200)).GetProperty("interactions").GetInt32());
    }

    static async Task SetAsideAsync(TestApp app, string queue, string text)
    {
        var failed = app.Storage.Queue(queue + Names.PoisonSuffix);
        await failed.CreateIfNotExistsAsync();
        await failed.SendMessageAsync(text);
    }
}
