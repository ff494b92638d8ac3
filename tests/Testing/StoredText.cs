using System.Text;
using Azure.Data.Tables;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Training;
using Xunit;

namespace SasRec.Testing;

/// <summary>What an account holds as one text, to be searched.</summary>
public static class StoredText
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Everything that an account holds, readable: tables, blocks of the feed and of segments, slates, blobs, queues.</summary>
    public static async Task<string> OfAsync(StorageConnection storage)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var text = new StringBuilder();
        foreach (var table in Names.Tables)
        {
            foreach (var row in await storage.Table(table).QueryAsync<TableEntity>(cancellationToken: Cancellation).ToListAsync(Cancellation))
            {
                text.AppendJoin("|", row.Keys.Select(key => row[key] is byte[] bytes ? Encoding.UTF8.GetString(bytes) : row[key])).AppendLine();
            }
        }

        var everything = new FeedPosition(DateTimeOffset.UtcNow.AddDays(1));
        foreach (var chunk in await new ChangeFeed(storage).ReadAsync(FeedPosition.Start, everything, Cancellation).ToListAsync(Cancellation))
        {
            text.AppendJoin('|', chunk.Interactions).AppendLine();
        }

        foreach (var slate in await new ImpressionLog(storage).ScanAsync(DateTimeOffset.UnixEpoch, DateTimeOffset.UtcNow.AddDays(1), Cancellation).ToListAsync(Cancellation))
        {
            text.Append(slate).AppendLine();
        }

        foreach (var container in Names.Containers.Select(storage.Container))
        {
            foreach (var blob in await container.GetBlobsAsync(cancellationToken: Cancellation).ToListAsync(Cancellation))
            {
                var content = (await container.GetBlobClient(blob.Name).DownloadContentAsync(Cancellation)).Value.Content;
                text.Append(content).AppendLine();
            }
        }

        var snapshots = new SnapshotStore(storage);
        text.AppendJoin('|', await snapshots.ReadAsync(await snapshots.CurrentAsync(Cancellation), Cancellation).ToListAsync(Cancellation));
        foreach (var name in Names.Queues)
        {
            // Messages that are out of sight are counted and not seen: none may be.
            var messages = (await storage.Queue(name).PeekMessagesAsync(32, Cancellation)).Value;
            text.AppendJoin('|', messages.Select(m => m.Body.ToString()));
        }

        return text.ToString();
    }
}
