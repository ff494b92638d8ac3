using System.Globalization;
using Azure.Data.Tables;

namespace SasRec.Storage.Log;

/// <summary>Where the rows of a slate stand: the partition is the hour of its id and a shard, the rows begin with the id.</summary>
static class SlateKey
{
    const int Shards = 8;
    const int IdLength = 32;
    const char EventMark = '-';
    const char ShadowMark = '~';

    public static string PartitionOf(string id, DateTimeOffset at) => $"{Hour(at)}-{Convert.ToInt32(id[^1..], 16) % Shards}";

    /// <summary>The row of an event that names a slate, after the slate's own and before the next slate's.</summary>
    public static string EventRow(string id, string userId, string eventId) => $"{id}{EventMark}{TableKey.ShortHash(userId + '\0' + eventId)}";

    /// <summary>The row of what a shadow made of a slate, after the slate's events.</summary>
    public static string ShadowRow(string id) => id + ShadowMark;

    public static bool IsSlate(string rowKey) => rowKey.Length == IdLength;

    public static bool IsShadow(string rowKey) => rowKey.Length > IdLength && rowKey[IdLength] == ShadowMark;

    public static bool IsEvent(string rowKey) => rowKey.Length > IdLength && rowKey[IdLength] == EventMark;

    /// <summary>All rows of a span of time, as one filter over every partition that it touches.</summary>
    public static string Range(DateTimeOffset from, DateTimeOffset until)
    {
        var (firstHour, lastHour) = (Hour(from), Hour(until) + "~");
        var (firstRow, lastRow) = (FirstIdAt(from), FirstIdAt(until));
        return TableClient.CreateQueryFilter(
            $"PartitionKey ge {firstHour} and PartitionKey lt {lastHour} and RowKey ge {firstRow} and RowKey lt {lastRow}");
    }

    /// <summary>The same as a filter for each partition, of which storage reads no other row.</summary>
    public static IEnumerable<string> Partitions(DateTimeOffset from, DateTimeOffset until)
    {
        var (firstRow, lastRow) = (FirstIdAt(from), FirstIdAt(until));
        for (var hour = from - TimeSpan.FromTicks(from.UtcTicks % TimeSpan.TicksPerHour); hour < until; hour += TimeSpan.FromHours(1))
        {
            for (var shard = 0; shard < Shards; shard++)
            {
                var partition = $"{Hour(hour)}-{shard}";
                yield return TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {firstRow} and RowKey lt {lastRow}");
            }
        }
    }

    static string Hour(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    // Up to the version digit an id is its time in hexadecimal.
    static string FirstIdAt(DateTimeOffset at)
    {
        // Times within a millisecond belong to its id: round up.
        var milliseconds = (long)Math.Ceiling((at - DateTimeOffset.UnixEpoch).TotalMilliseconds);
        return Math.Max(milliseconds, 0).ToString("x12", CultureInfo.InvariantCulture);
    }
}
