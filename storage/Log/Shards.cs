namespace SasRec.Storage.Log;

/// <summary>How partitions that belong to a time are spread: a shard, then the time.</summary>
static class Shards
{
    // Former partitions are a time and a shard, "2026112609-3". Their ranges never reach those of a shard: "2-" sorts before "20".
    const string FirstFormer = "20", LastFormer = "21";

    /// <summary>The shards: hexadecimal digits.</summary>
    public static IEnumerable<char> All => "0123456789abcdef";

    /// <summary>Every partition of the former form: from the first to below the last.</summary>
    public static (string First, string Last) AllFormer => (FirstFormer + "-", LastFormer + "-");

    /// <summary>The partitions of the former form for a span of days or hours: from the first to below the last.</summary>
    public static (string First, string Last) Former(string first, string last) =>
        (string.CompareOrdinal(first, FirstFormer) < 0 ? AllFormer.First : first + "-", last + "~");
}
