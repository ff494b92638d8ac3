using Azure;
using SasRec.Core.Events;
using SasRec.Storage;
using SasRec.Storage.Log;

namespace SasRec.Loop;

/// <summary>What the log holds, read row by row from the tables themselves.</summary>
/// <param name="Events">Rows.</param>
/// <param name="Users">Partitions.</param>
/// <param name="Items">Distinct items.</param>
/// <param name="SampleUsers">Up to a thousand user ids, spread over the log.</param>
sealed record LogContents(int Events, int Users, int Items, IReadOnlyList<string> SampleUsers)
{
    const int MaxSampled = 1000;

    public static async Task<LogContents> ReadAsync(StorageConnection storage, CancellationToken cancellation)
    {
        var items = new HashSet<string>(StringComparer.Ordinal);
        var users = new List<string>();
        var events = 0;
        await foreach (Interaction row in new InteractionLog(storage).ScanAsync(cancellation))
        {
            events++;
            items.Add(row.ItemId);
            if (users.Count == 0 || users[^1] != row.UserId)
            {
                users.Add(row.UserId);
            }
        }

        var stride = Math.Max(1, users.Count / MaxSampled);
        return new LogContents(events, users.Count, items.Count, [.. users.Where((_, i) => i % stride == 0).Take(MaxSampled)]);
    }

    /// <summary>Waits until every accepted event has been taken off the queue.</summary>
    public static async Task DrainedAsync(StorageConnection storage, CancellationToken cancellation)
    {
        var queue = storage.Queue(Names.InteractionsQueue);
        var told = storage.Time.GetTimestamp();
        while (true)
        {
            try
            {
                var waiting = (await queue.GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount;
                if (waiting == 0)
                {
                    return;
                }

                if (storage.Time.GetElapsedTime(told) > TimeSpan.FromSeconds(10))
                {
                    Say.Detail($"{waiting} messages still in the queue");
                    told = storage.Time.GetTimestamp();
                }
            }
            catch (RequestFailedException e) when (e.Status is 0 or >= 500)
            {
                Say.Detail("the queue does not answer; waiting for it");
            }

            await Task.Delay(200, cancellation);
        }
    }
}
