using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost.Configuration;

namespace SasRec.Portable.LocalHost.Queues;

/// <summary>A message taken from a queue, hidden from others until it is done with.</summary>
sealed class HeldMessage(
    QueueFunction function, QueueClient queue, QueueClient? poison, QueueMessage message, QueueSettings settings, TimeProvider time, ILogger logger)
{
    string receipt = message.PopReceipt;

    /// <summary>How long a message stays hidden without renewal, and so how soon one comes back after its host was killed.</summary>
    /// <remarks>In Azure it is 10 minutes; a developer who kills the host should not wait for that.</remarks>
    public static TimeSpan Lease { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Runs the function; then deletes the message, lets it rest for another try, or puts it into the poison queue. Never throws.</summary>
    public async Task RunAsync(CancellationToken giveUp)
    {
        try
        {
            // More often than allowed means that a host died over it each time.
            if (message.DequeueCount > settings.MaxDequeueCount && poison is not null)
            {
                await PoisonAsync("was taken too often");
            }
            else if (Decoded() is not { } body)
            {
                await (poison is null ? Task.CompletedTask : PoisonAsync("is not base64"));
            }
            else
            {
                await EndAsync(succeeded: await TryAsync(body, giveUp), givenUp: giveUp.IsCancellationRequested);
            }
        }
        catch (RequestFailedException e) when (e.ErrorCode is "MessageNotFound" or "PopReceiptMismatch")
        {
            logger.LogWarning("Message {Id} of '{Queue}' was taken over or deleted by somebody else.", message.MessageId, queue.Name);
        }
        catch (Exception e)
        {
            logger.LogError(e, "Message {Id} of '{Queue}' could not be settled; it comes back by itself.", message.MessageId, queue.Name);
        }
    }

    /// <summary>Makes the message visible at once.</summary>
    public Task GiveBackAsync() => HideAsync(TimeSpan.Zero);

    async Task<bool> TryAsync(byte[] body, CancellationToken giveUp)
    {
        using var done = new CancellationTokenSource();
        var renewal = RenewAsync(done.Token);
        try
        {
            await function.RunAsync(message, body, giveUp);
            return true;
        }
        catch (OperationCanceledException) when (giveUp.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            logger.LogError(
                e, "Message {Id} of '{Queue}' failed, try {Count} of {Most}.", message.MessageId, queue.Name, message.DequeueCount, settings.MaxDequeueCount);
            return false;
        }
        finally
        {
            await done.CancelAsync();
            await renewal;
        }
    }

    Task EndAsync(bool succeeded, bool givenUp) => succeeded ? queue.DeleteMessageAsync(message.MessageId, receipt)
        : givenUp ? GiveBackAsync()
        // Without a poison queue a message that fails at once would go round and round: it stays hidden until its lease ends.
        : poison is null ? Task.CompletedTask
        : message.DequeueCount >= settings.MaxDequeueCount ? PoisonAsync("failed too often")
        : HideAsync(settings.VisibilityTimeout);

    async Task RenewAsync(CancellationToken done)
    {
        while (true)
        {
            await Task.Delay(Lease / 2, time, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await HideAsync(Lease);
                logger.LogDebug("Message {Id} of '{Queue}' stays hidden for another {Lease}.", message.MessageId, queue.Name, Lease);
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                logger.LogWarning(e, "Message {Id} of '{Queue}' could not be kept hidden; it may run twice.", message.MessageId, queue.Name);
            }
        }
    }

    async Task HideAsync(TimeSpan how) =>
        receipt = (await queue.UpdateMessageAsync(message.MessageId, receipt, visibilityTimeout: how)).Value.PopReceipt;

    async Task PoisonAsync(string why)
    {
        logger.LogError("Message {Id} of '{Queue}' {Why}; it moves to '{Poison}'.", message.MessageId, queue.Name, why, poison!.Name);
        await poison.CreateIfNotExistsAsync();
        await poison.SendMessageAsync(message.Body, timeToLive: TimeSpan.FromSeconds(-1));
        await queue.DeleteMessageAsync(message.MessageId, receipt);
    }

    byte[]? Decoded()
    {
        if (!settings.Base64)
        {
            return message.Body.ToArray();
        }

        try
        {
            return Convert.FromBase64String(message.Body.ToString());
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
