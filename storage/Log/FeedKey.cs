using System.Globalization;

namespace SasRec.Storage.Log;

/// <summary>The keys of the change feed: partition = shard and day, row = time and a unique part.</summary>
/// <remarks>The shard stands first: the partitions of a day lie apart, so that the service can spread them over its servers. Rows that were
/// written day first are read and removed like the others; none is written any more.</remarks>
static class FeedKey
{
    /// <summary>The partition in which an earlier release kept deletions.</summary>
    public const string Deletions = "deletions";

    public static (string Partition, string Row) NewChunk(DateTimeOffset at)
    {
        var unique = Guid.NewGuid().ToString("N");
        return ($"{unique[0]}-{Day(at)}", $"{Time(at)}-{unique}");
    }

    /// <summary>19 digits, which sort as the times do.</summary>
    public static string Time(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>The ranges of partitions that hold the times of a span, one for each shard: from the first to below the last.</summary>
    public static IEnumerable<(string First, string Last)> Partitions(DateTimeOffset after, DateTimeOffset upTo) =>
        Shards.All.Select(shard => ($"{shard}-{Day(after)}", $"{shard}-{Day(upTo)}~")).Append(Shards.Former(Day(after), Day(upTo)));

    static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public static DateTimeOffset TimeOf(string row) => new(long.Parse(row.AsSpan(0, 19), CultureInfo.InvariantCulture), TimeSpan.Zero);
}
