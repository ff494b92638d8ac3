using SasRec.Core.Explore;

namespace SasRec.Serving.Items;

/// <summary>Some places of an index: a bitmap where they are many, a list where that is smaller.</summary>
readonly struct PlaceSet
{
    readonly ItemSet? bits;
    readonly int[] list;

    /// <param name="count">V + N.</param>
    /// <param name="places">The places, each once.</param>
    public PlaceSet(int count, List<int> places)
    {
        var dense = places.Count > count / 32;
        (bits, list) = (dense ? ItemSet.Of(count, places.ToArray()) : null, dense ? [] : [.. places]);
    }

    public void AddTo(ItemSet items)
    {
        if (bits is not null)
        {
            items.UnionWith(bits);
        }

        foreach (var place in list)
        {
            items.Add(place);
        }
    }

    public void RemoveFrom(ItemSet items)
    {
        if (bits is not null)
        {
            items.ExceptWith(bits);
        }

        foreach (var place in list)
        {
            items.Remove(place);
        }
    }
}
