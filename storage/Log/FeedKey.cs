using System.Globalization;

namespace SasRec.Storage.Log;

/// <summary>The keys of the change feed: partition = day and shard, row = time and a unique part.</summary>
static class FeedKey
{
    /// <summary>The partition of deletions, which are few and are read before the chunks.</summary>
    public const string Deletions = "deletions";

    const int Shards = 8;

    public static (string Partition, string Row) NewChunk(DateTimeOffset at)
    {
        var unique = Guid.NewGuid().ToString("N");
        return ($"{Day(at)}-{Convert.ToInt32(unique[..1], 16) % Shards}", $"{Time(at)}-{unique}");
    }

    public static (string Partition, string Row) NewDeletion(DateTimeOffset at) => (Deletions, $"{Time(at)}-{Guid.NewGuid():N}");

    /// <summary>19 digits, which sort as the times do.</summary>
    public static string Time(DateTimeOffset at) => at.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>The part of a partition's name that all shards of a day share.</summary>
    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public static DateTimeOffset TimeOf(string row) => new(long.Parse(row.AsSpan(0, 19), CultureInfo.InvariantCulture), TimeSpan.Zero);
}
