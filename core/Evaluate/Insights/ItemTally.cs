namespace SasRec.Core.Evaluate.Insights;

/// <summary>Tallies by item, and the numbers by which other tallies name items.</summary>
/// <remarks>About 200 bytes an item that was served, however often.</remarks>
sealed class ItemTally
{
    readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    readonly List<string> ids = [];
    readonly List<RateTally> tallies = [];

    /// <summary>How many items were served.</summary>
    public int Count => ids.Count;

    /// <summary>How often the item of a number was served.</summary>
    public long Served(int number) => tallies[number].Served;

    /// <summary>Adds a slot and returns the item's number.</summary>
    public int Add(string itemId, in SlotSums slot)
    {
        var number = NumberOf(itemId);
        tallies[number].Add(slot);
        return number;
    }

    /// <summary>Adds what another has, and returns the number here of each of its numbers.</summary>
    public int[] Add(ItemTally other)
    {
        var map = new int[other.Count];
        for (var i = 0; i < map.Length; i++)
        {
            map[i] = NumberOf(other.ids[i]);
            tallies[map[i]].Add(other.tallies[i]);
        }

        return map;
    }

    /// <summary>The rates of the most served, and of all others together.</summary>
    /// <param name="options">How many to list, and the bar for support.</param>
    /// <param name="expected">What an item's weights would add up to had it had its chance on every slot.</param>
    public ItemRates Rates(LedgerOptions options, double expected)
    {
        var order = Enumerable.Range(0, Count)
            .OrderByDescending(Served).ThenBy(number => ids[number], StringComparer.Ordinal).ToArray();
        var rest = new RateTally();
        var supported = 0;
        var top = new List<ServedRate>();
        for (var place = 0; place < order.Length; place++)
        {
            var rate = tallies[order[place]].Rate(ids[order[place]], options, expected);
            supported += rate.Enough ? 1 : 0;
            if (place < options.TopItems)
            {
                top.Add(rate);
            }
            else
            {
                rest.Add(tallies[order[place]]);
            }
        }

        var others = order.Length - top.Count;
        return new ItemRates(Count, supported, top, others == 0 ? null : rest.Rate("(others)", options, expected * others));
    }

    int NumberOf(string itemId)
    {
        if (!numbers.TryGetValue(itemId, out var number))
        {
            numbers[itemId] = number = ids.Count;
            ids.Add(itemId);
            tallies.Add(new RateTally());
        }

        return number;
    }
}
