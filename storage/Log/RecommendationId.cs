using System.Globalization;

namespace SasRec.Storage.Log;

/// <summary>Ids of recommendations: version 7 UUIDs, whose first 48 bits are the time in Unix milliseconds, written as
/// 32 hexadecimal digits.</summary>
/// <remarks>The id alone says where its impression is stored, and ids sort by time.</remarks>
public static class RecommendationId
{
    const int SameShardMilliseconds = 128;

    static readonly int ShardOffset = Random.Shared.Next(16);

    /// <summary>A new id, of now.</summary>
    public static string New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var now = time.GetUtcNow();

        // The last digit is the shard of its slate. Ids that a process makes one after the other share it for a moment: they share a
        // queue message, and so one transaction writes them.
        var shard = (ShardOffset + (now.ToUnixTimeMilliseconds() / SameShardMilliseconds)) % 16;
        return string.Concat(Guid.CreateVersion7(now).ToString("N").AsSpan(0, 31), shard.ToString("x", CultureInfo.InvariantCulture));
    }

    /// <summary>When an id was made, to the millisecond.</summary>
    /// <param name="id">Any text.</param>
    /// <param name="at">The time, in UTC.</param>
    /// <returns>False where the text is no such id.</returns>
    public static bool TryGetTime(string? id, out DateTimeOffset at)
    {
        at = default;
        if (id is not { Length: 32 } || id.Any(c => !char.IsAsciiHexDigitLower(c)) || id[12] != '7')
        {
            return false;
        }

        var milliseconds = long.Parse(id.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }

        at = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return true;
    }
}
