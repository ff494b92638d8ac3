namespace SasRec.Storage.Messages;

/// <summary>Tells whether a queue still has messages from before a moment.</summary>
sealed class QueueDrain(StorageConnection storage)
{
    const int MaxPeeked = 32;

    /// <summary>Whether every message that was sent up to a moment has been processed or set aside.</summary>
    /// <param name="queue">The queue's name.</param>
    /// <param name="upTo">The moment, by the storage server's clock.</param>
    /// <param name="longestProcessing">How long a message may be out of sight while it is processed.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<bool> IsPastAsync(string queue, DateTimeOffset upTo, TimeSpan longestProcessing, CancellationToken cancellation)
    {
        var client = storage.RawQueue(queue);
        if ((await client.GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount == 0)
        {
            return storage.Time.GetUtcNow() > upTo;
        }

        var first = (await client.PeekMessagesAsync(MaxPeeked, cancellation)).Value;
        return first.All(message => message.InsertedOn > upTo) && storage.Time.GetUtcNow() > upTo + longestProcessing;
    }
}
