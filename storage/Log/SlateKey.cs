using System.Globalization;
using Azure.Data.Tables;

namespace SasRec.Storage.Log;

/// <summary>Where the rows of a slate stand: the partition is a shard and the hour of its id, the rows begin with the id.</summary>
/// <remarks>The shard is the id's last digit and stands first, so that the partitions of an hour lie apart and the service can spread them
/// over its servers. <see cref="SlateMigration"/> moves what was written hour first.</remarks>
static class SlateKey
{
    const int FormerShards = 8;
    const int IdLength = 32;
    const char EventMark = '-';
    const char ShadowMark = '~';

    public static string PartitionOf(string id, DateTimeOffset at) => $"{id[IdLength - 1]}-{Hour(at)}";

    /// <summary>The slate that a row belongs to.</summary>
    public static string SlateOf(string rowKey) => rowKey[..IdLength];

    /// <summary>Where slates stood before shards came first.</summary>
    public static string FormerPartitionOf(string id, DateTimeOffset at) =>
        $"{Hour(at)}-{Convert.ToInt32(id[^1..], 16) % FormerShards}";

    /// <summary>Every row that stands there.</summary>
    public static string AllFormer => Range(Shards.AllFormer);

    /// <summary>The row of an event that names a slate, after the slate's own and before the next slate's.</summary>
    public static string EventRow(string id, string userId, string eventId) => $"{id}{EventMark}{TableKey.ShortHash(userId + '\0' + eventId)}";

    /// <summary>The row of what a shadow made of a slate, after the slate's events.</summary>
    public static string ShadowRow(string id) => id + ShadowMark;

    public static bool IsSlate(string rowKey) => rowKey.Length == IdLength;

    public static bool IsShadow(string rowKey) => rowKey.Length > IdLength && rowKey[IdLength] == ShadowMark;

    public static bool IsEvent(string rowKey) => rowKey.Length > IdLength && rowKey[IdLength] == EventMark;

    /// <summary>All rows of a span of time, as a filter for each shard.</summary>
    public static IEnumerable<string> Ranges(DateTimeOffset from, DateTimeOffset until)
    {
        var (firstHour, lastHour, firstRow, lastRow) = (Hour(from), Hour(until), FirstIdAt(from), FirstIdAt(until));
        return Shards.All.Select(shard => ($"{shard}-{firstHour}", $"{shard}-{lastHour}~")).Append(Shards.Former(firstHour, lastHour))
            .Select(range => $"{Range(range)} and {TableClient.CreateQueryFilter($"RowKey ge {firstRow} and RowKey lt {lastRow}")}");
    }

    /// <summary>The same as a filter for each partition, of which storage reads no other row.</summary>
    public static IEnumerable<string> Partitions(DateTimeOffset from, DateTimeOffset until)
    {
        var (firstRow, lastRow) = (FirstIdAt(from), FirstIdAt(until));
        for (var hour = from - TimeSpan.FromTicks(from.UtcTicks % TimeSpan.TicksPerHour); hour < until; hour += TimeSpan.FromHours(1))
        {
            var name = Hour(hour);
            foreach (var partition in Shards.All.Select(shard => $"{shard}-{name}")
                .Concat(Enumerable.Range(0, FormerShards).Select(shard => $"{name}-{shard}")))
            {
                yield return TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {firstRow} and RowKey lt {lastRow}");
            }
        }
    }

    static string Range((string First, string Last) partitions) =>
        TableClient.CreateQueryFilter($"PartitionKey ge {partitions.First} and PartitionKey lt {partitions.Last}");

    static string Hour(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);

    // Up to the version digit an id is its time in hexadecimal.
    static string FirstIdAt(DateTimeOffset at)
    {
        // Times within a millisecond belong to its id: round up.
        var milliseconds = (long)Math.Ceiling((at - DateTimeOffset.UnixEpoch).TotalMilliseconds);
        return Math.Max(milliseconds, 0).ToString("x12", CultureInfo.InvariantCulture);
    }
}
