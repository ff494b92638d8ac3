using SasRec.Core.Events;

namespace SasRec.Functions.Serve;

/// <summary>The newest items of the users whose histories were read of late, in bounded memory.</summary>
/// <remarks>Two halves: what is kept goes into the young one; when that is full it becomes the old one, and the old one goes.</remarks>
sealed class SeenHistories
{
    // What the model sees of a history, and about 20 MB of ids.
    const int MaxItems = 100;
    const int ItemsOfHalf = 200_000;

    readonly Lock gate = new();
    Dictionary<string, UserTaste> young = new(StringComparer.Ordinal);
    Dictionary<string, UserTaste> old = new(StringComparer.Ordinal);
    int items;

    /// <summary>What was last known of a user; nothing where the user is not known.</summary>
    public UserTaste Find(string userId)
    {
        lock (gate)
        {
            return young.TryGetValue(userId, out var found) || old.TryGetValue(userId, out found) ? found : new UserTaste([], []);
        }
    }

    /// <summary>Keeps a history in the place of the one before.</summary>
    public void Keep(string userId, UserTaste taste)
    {
        var newest = new UserTaste([.. taste.Actions.TakeLast(MaxItems)], [.. taste.Disliked.Take(MaxItems)]);
        lock (gate)
        {
            items += Size(newest) - (young.TryGetValue(userId, out var before) ? Size(before) : 0);
            young[userId] = newest;
            if (items > ItemsOfHalf)
            {
                (old, young, items) = (young, new(StringComparer.Ordinal), 0);
            }
        }
    }

    static int Size(UserTaste taste) => taste.Actions.Count + taste.Disliked.Count + 1;
}
