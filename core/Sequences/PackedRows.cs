namespace SasRec.Core.Sequences;

/// <summary>The rows of a dataset at their final places: [N], user after user, each user's in time order.</summary>
sealed class PackedRows
{
    readonly int[] offsets, items;
    readonly long[]? times;
    readonly Lock gate = new();
    readonly Dictionary<int, string> slates = [];
    float[]? weights;

    /// <param name="offsets">[U + 1]: where each user's rows begin.</param>
    /// <param name="hasTimes">Whether rows have times.</param>
    /// <param name="parts">What will be taken.</param>
    public PackedRows(int[] offsets, bool hasTimes, IReadOnlyList<OrderedRows> parts)
    {
        this.offsets = offsets;
        items = new int[offsets[^1]];
        times = hasTimes ? new long[items.Length] : null;
        if (parts.Any(part => part.Weights is not null))
        {
            Ones();
        }
    }

    /// <summary>Takes the rows that stay of some users. Calls may run beside each other.</summary>
    /// <param name="part">The rows.</param>
    /// <param name="userIndex">[users]: the user's index here, -1 for a user that goes.</param>
    /// <param name="itemIndex">[items]: the item's index here, -1 for an item that goes.</param>
    public void Take(OrderedRows part, int[] userIndex, int[] itemIndex)
    {
        for (var place = 0; place < part.Users.Length; place++)
        {
            if (userIndex[part.Users[place]] is not (>= 0 and var user))
            {
                continue;
            }

            var next = offsets[user];
            for (var row = part.Starts[place]; row < part.Starts[place + 1]; row++)
            {
                if (itemIndex[part.Items[row]] is not (>= 0 and var item))
                {
                    continue;
                }

                items[next] = item;
                times?[next] = part.Times![row];
                if (part.Weights is not null)
                {
                    weights![next] = part.Weights[row];
                }

                if (part.Slates is not null && part.Slates.TryGetValue(row, out var slate))
                {
                    lock (gate)
                    {
                        slates.Add(next, slate);
                    }
                }

                next++;
            }
        }
    }

    /// <summary>Multiplies the weights by the inverse of logged propensities, clipped (<see cref="PropensityWeights"/>).</summary>
    /// <param name="itemIds">[V].</param>
    /// <param name="propensities">By recommendation id and item id.</param>
    /// <param name="maxWeight">The most that an interaction counts.</param>
    public void Weigh(string[] itemIds, IReadOnlyDictionary<(string RecommendationId, string ItemId), double> propensities, double maxWeight)
    {
        var logged = new List<(int Place, double Propensity)>();
        foreach (var (place, slate) in slates)
        {
            if (propensities.TryGetValue((slate, itemIds[items[place]]), out var propensity))
            {
                logged.Add((place, propensity));
            }
        }

        logged.Sort();
        var clipped = PropensityWeights.Clipped([.. logged.Select(one => one.Propensity)], maxWeight);
        if (weights is null)
        {
            Ones();
        }

        foreach (var (i, (place, _)) in logged.Index())
        {
            weights![place] *= clipped[i];
        }
    }

    /// <summary>The rows as a dataset.</summary>
    /// <param name="itemCount">V.</param>
    /// <param name="asksForSeenItems"><see cref="DatasetOptions.AsksForSeenItems"/>.</param>
    public SequenceDataset ToSequences(int itemCount, bool asksForSeenItems)
    {
        bool[]? shown = null;
        if (slates.Count > 0)
        {
            shown = new bool[items.Length];
            foreach (var place in slates.Keys)
            {
                shown[place] = true;
            }
        }

        return new SequenceDataset(itemCount, offsets, items, times, weights) { AsksForSeenItems = asksForSeenItems, Shown = shown };
    }

    void Ones()
    {
        weights = new float[items.Length];
        Array.Fill(weights, 1);
    }
}
