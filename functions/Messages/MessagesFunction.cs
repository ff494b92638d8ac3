using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Storage;
using SasRec.Storage.Messages;

namespace SasRec.Functions.Messages;

/// <summary>GET /api/messages, DELETE /api/messages/{messageId} and POST /api/messages/{messageId}/replay: the messages that failed too often,
/// and dropping one of them or sending it once more.</summary>
sealed class MessagesFunction(PoisonMessages poison, TimeProvider clock)
{
    static readonly string[] Queues = [Names.InteractionsQueue, Names.ImpressionsQueue];

    [Function("Messages")]
    [OnStorageFailure("The failed messages cannot be read.")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/messages")] HttpRequest request, CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        var count = (int)(query.Integer("count", 1, PoisonMessages.MaxShown) ?? 20);
        query.Finish();
        var found = await Task.WhenAll(Queues.Select(queue => poison.ListAsync(queue, count, cancellation)));
        var oldest = found.SelectMany(messages => messages).OrderBy(message => message.FailedAt).Take(count);
        return Results.Json(
            new MessageList([.. oldest.Select(message => ShownMessage.Of(message, clock.GetUtcNow()))]), MessagesJson.Answers.MessageList);
    }

    [Function("DropMessage")]
    [OnStorageFailure("The message may have been dropped; dropping it again is safe.")]
    public async Task<IResult> Drop(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/messages/{messageId}")] HttpRequest request,
        string messageId,
        CancellationToken cancellation)
    {
        new QueryReader(request).Finish();
        return await QueueOfAsync(queue => poison.DropAsync(queue, messageId, cancellation)) is { } queue
            ? Results.Json(new DroppedMessage(messageId, queue), MessagesJson.Answers.DroppedMessage)
            : NoMessage(messageId);
    }

    [Function("ReplayMessage")]
    [OnStorageFailure("The message may have been sent. It is not lost, and sending it again is safe.")]
    public async Task<IResult> Replay(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/messages/{messageId}/replay")] HttpRequest request,
        string messageId,
        CancellationToken cancellation)
    {
        new QueryReader(request).Finish();
        return await QueueOfAsync(queue => poison.ReplayOneAsync(queue, messageId, cancellation)) is { } queue
            ? Results.Json(new ReplayedMessage(messageId, queue), MessagesJson.Answers.ReplayedMessage)
            : NoMessage(messageId);
    }

    /// <summary>The first queue that has what is looked for; null for none.</summary>
    static async Task<string?> QueueOfAsync(Func<string, Task<bool>> found)
    {
        foreach (var queue in Queues)
        {
            if (await found(queue))
            {
                return queue;
            }
        }

        return null;
    }

    static IResult NoMessage(string messageId) =>
        Problem.Of(StatusCodes.Status404NotFound, $"No failed message has the id '{messageId}'.");
}

/// <summary>Failed messages, oldest first.</summary>
sealed record MessageList(IReadOnlyList<ShownMessage> Messages);

/// <summary>A failed message, with what is wrong with it.</summary>
/// <param name="MessageId">Its id.</param>
/// <param name="Queue">The queue that it failed in.</param>
/// <param name="FailedAt">When it was set aside.</param>
/// <param name="Events">How many events it holds; null where it cannot be read.</param>
/// <param name="Problem">Why it cannot be taken in; null where it could be now.</param>
/// <param name="Text">The first 2,000 characters of what it holds.</param>
sealed record ShownMessage(string MessageId, string Queue, DateTimeOffset? FailedAt, int? Events, string? Problem, string Text)
{
    const int MaxText = 2000;

    /// <summary>Looks at a message as the function does that appends it.</summary>
    public static ShownMessage Of(FailedMessage message, DateTimeOffset now)
    {
        var text = message.Text.Length <= MaxText ? message.Text : message.Text[..MaxText];
        try
        {
            var (events, problem) = message.Queue == Names.InteractionsQueue
                ? Check(InteractionMessage.Open(message.Text).Events, e => InteractionRules.WhatIsWrong(e, now))
                : Check(ImpressionMessage.Open(message.Text).Events, e => ImpressionRules.WhatIsWrong(e, now));
            return new ShownMessage(message.MessageId, message.Queue, message.FailedAt, events, problem, text);
        }
        catch (Exception e) when (e is FormatException or NewerFormatException)
        {
            return new ShownMessage(message.MessageId, message.Queue, message.FailedAt, null, e.Message, text);
        }
    }

    static (int Events, string? Problem) Check<T>(IReadOnlyList<T> events, Func<T, string?> whatIsWrong) => (
        events.Count,
        events.Index().Select(e => whatIsWrong(e.Item) is { } wrong ? $"events[{e.Index}]: {wrong}" : null).FirstOrDefault(wrong => wrong is not null));
}

/// <summary>What a DELETE dropped.</summary>
/// <param name="MessageId">Which message.</param>
/// <param name="Queue">The queue that it had failed in.</param>
sealed record DroppedMessage(string MessageId, string Queue);

/// <summary>What a POST sent once more.</summary>
/// <param name="MessageId">Which message, by the id that it had among the failed ones.</param>
/// <param name="Queue">The queue that it went to.</param>
sealed record ReplayedMessage(string MessageId, string Queue);
