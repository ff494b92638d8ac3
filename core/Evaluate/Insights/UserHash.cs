using SasRec.Core.Events;
using SasRec.Core.Model;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>A number that is the same for all slates of one user: what tells users apart without naming them.</summary>
public static class UserHash
{
    /// <summary>The user's; of a slate for nobody in particular its own.</summary>
    public static ulong Of(Impression impression) => Of(impression.UserId ?? impression.RecommendationId);

    /// <summary>A hash of a text, the same everywhere.</summary>
    public static ulong Of(string text)
    {
        var hash = 0UL;
        foreach (var c in text)
        {
            hash = CounterRandom.Bits(hash, c);
        }

        return hash;
    }
}
