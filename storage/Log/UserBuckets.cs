namespace SasRec.Storage.Log;

/// <summary>Users are spread over buckets, so that a reader of the log holds one bucket's share of the events at a time.</summary>
public static class UserBuckets
{
    /// <summary>How many there are; stored segments have a block for each.</summary>
    public const int Count = 32;

    /// <summary>The bucket of a user, 0 to <see cref="Count"/> - 1: FNV-1a over the id's UTF-16 units.</summary>
    /// <param name="userId">Who.</param>
    public static int Of(string userId)
    {
        ArgumentNullException.ThrowIfNull(userId);
        var hash = 2166136261u;
        foreach (var c in userId)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)((hash ^ (hash >> 16)) % Count);
    }
}
