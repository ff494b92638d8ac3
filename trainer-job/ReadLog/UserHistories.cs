using SasRec.Core.Events;

namespace SasRec.Trainer.ReadLog;

/// <summary>What one user did, as far as serving reads it.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Newest">Newest first.</param>
readonly record struct UserHistory(string UserId, IReadOnlyList<Interaction> Newest);

/// <summary>The histories of a bucket of users.</summary>
static class UserHistories
{
    /// <summary>Sorts a bucket by its users.</summary>
    /// <param name="bucket">All interactions of some users, in any order; sorted in place.</param>
    /// <param name="most">How many of each user's newest are kept.</param>
    /// <returns>The users in ordinal order, so that the same log is always read alike.</returns>
    public static IEnumerable<UserHistory> Of(List<Interaction> bucket, int most)
    {
        bucket.Sort(NewestOfUserFirst);
        for (var start = 0; start < bucket.Count;)
        {
            var (user, end) = (bucket[start].UserId, start);
            while (end < bucket.Count && bucket[end].UserId == user)
            {
                end++;
            }

            yield return new UserHistory(user, bucket.GetRange(start, Math.Min(most, end - start)));
            start = end;
        }
    }

    static int NewestOfUserFirst(Interaction one, Interaction other) =>
        string.CompareOrdinal(one.UserId, other.UserId) is not 0 and var users ? users
        : AcceptanceOrder.Compare(other, one) is not 0 and var times ? times
        : string.CompareOrdinal(other.EventId, one.EventId);
}
