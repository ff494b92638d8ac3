using Azure;
using Azure.Storage.Queues.Models;

namespace SasRec.Storage.Messages;

public sealed partial class PoisonMessages
{
    /// <summary>The most messages that one look can show, 32.</summary>
    public const int MaxShown = MaxPerCall;

    /// <summary>The oldest failed messages of a queue. Looking changes nothing.</summary>
    /// <param name="queue">The queue's name, without the suffix.</param>
    /// <param name="count">How many at most, 1 to <see cref="MaxShown"/>.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<FailedMessage>> ListAsync(string queue, int count, CancellationToken cancellation = default)
    {
        try
        {
            var found = await storage.RawQueue(queue + Names.PoisonSuffix).PeekMessagesAsync(count, cancellation);
            return [.. found.Value.Select(message => new FailedMessage(message.MessageId, queue, message.InsertedOn, TextOf(message.Body)))];
        }
        catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.QueueNotFound)
        {
            return [];
        }
    }

    /// <summary>Deletes one failed message for good. The others are out of sight while it is looked for.</summary>
    /// <param name="queue">The queue's name, without the suffix.</param>
    /// <param name="messageId">Which, as <see cref="ListAsync"/> names it.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Whether there was one.</returns>
    public Task<bool> DropAsync(string queue, string messageId, CancellationToken cancellation = default) =>
        TakeAsync(queue, messageId, _ => Task.CompletedTask, cancellation);

    /// <summary>Sends one failed message once more. The others are out of sight while it is looked for.</summary>
    /// <param name="queue">The queue's name, without the suffix.</param>
    /// <param name="messageId">Which, as <see cref="ListAsync"/> names it.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>Whether there was one.</returns>
    public Task<bool> ReplayOneAsync(string queue, string messageId, CancellationToken cancellation = default) =>
        TakeAsync(queue, messageId, message => SendAsync(queue, message), cancellation);

    /// <summary>Finds one failed message, does something with it, and deletes it.</summary>
    async Task<bool> TakeAsync(string queue, string messageId, Func<QueueMessage, Task> handle, CancellationToken cancellation)
    {
        var from = storage.RawQueue(queue + Names.PoisonSuffix);
        var passed = new List<QueueMessage>();
        try
        {
            for (var left = await CountAsync(queue, cancellation); left > 0;)
            {
                var messages = (await from.ReceiveMessagesAsync(MaxPerCall, Hidden, cancellation)).Value;
                if (messages.Length == 0)
                {
                    break;
                }

                passed.AddRange(messages.Where(message => message.MessageId != messageId));
                if (messages.FirstOrDefault(message => message.MessageId == messageId) is { } found)
                {
                    await handle(found);
                    await from.DeleteMessageAsync(found.MessageId, found.PopReceipt, CancellationToken.None);
                    return true;
                }

                left -= messages.Length;
            }

            return false;
        }
        finally
        {
            await ShowAsync(queue, passed);
        }
    }

    /// <summary>Brings messages back into sight; what has come back by itself, because the search took long, or is gone, is left alone.</summary>
    async Task ShowAsync(string queue, List<QueueMessage> messages)
    {
        var from = storage.RawQueue(queue + Names.PoisonSuffix);
        foreach (var message in messages)
        {
            try
            {
                await from.UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero, cancellationToken: CancellationToken.None);
            }
            catch (RequestFailedException e) when (e.ErrorCode == QueueErrorCode.MessageNotFound || e.ErrorCode == QueueErrorCode.PopReceiptMismatch)
            {
            }
        }
    }
}

/// <summary>A message that failed too often.</summary>
/// <param name="MessageId">Its id in the queue of failed messages.</param>
/// <param name="Queue">The queue that it failed in.</param>
/// <param name="FailedAt">When it was set aside.</param>
/// <param name="Text">What it holds.</param>
public sealed record FailedMessage(string MessageId, string Queue, DateTimeOffset? FailedAt, string Text);
