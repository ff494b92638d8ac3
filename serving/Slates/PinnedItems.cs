using SasRec.Core.Rules;

namespace SasRec.Serving.Slates;

/// <summary>The pins of a request that are eligible, and the ranks that they leave to the draw.</summary>
sealed class PinnedItems
{
    readonly Dictionary<int, int> byRank; // Rank to place.

    /// <param name="pins">The pins.</param>
    /// <param name="candidates">The items; pinned ones are taken out of what is eligible.</param>
    /// <param name="k">How many slots there are.</param>
    public PinnedItems(IReadOnlyList<Pin> pins, Candidates candidates, int k)
    {
        byRank = [];
        foreach (var pin in pins.Where(pin => pin.Rank <= k))
        {
            if (candidates.Items.TryGetPlace(pin.ItemId, out var place) && candidates.Eligible.Contains(place))
            {
                candidates.Eligible.Remove(place);
                byRank.Add(pin.Rank, place);
            }
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => byRank.Count;

    /// <summary>Where drawn and pinned items stand: the pinned at their ranks, or right behind the last item where the slate is shorter.</summary>
    /// <param name="drawn">How many items were drawn.</param>
    /// <returns>The ranks of the drawn, in their order, and the pinned places with their ranks.</returns>
    public (int[] Ranks, IReadOnlyList<(int Place, int Rank)> Pinned) Arrange(int drawn)
    {
        var (ranks, pinned, waiting) = (new List<int>(drawn), new List<(int Place, int Rank)>(), new SortedDictionary<int, int>(byRank));
        for (var rank = 1; ranks.Count < drawn || waiting.Count > 0; rank++)
        {
            if (waiting.Count > 0 && (waiting.First() is var next) && (next.Key == rank || ranks.Count == drawn))
            {
                pinned.Add((next.Value, rank));
                waiting.Remove(next.Key);
            }
            else
            {
                ranks.Add(rank);
            }
        }

        return ([.. ranks], pinned);
    }
}
