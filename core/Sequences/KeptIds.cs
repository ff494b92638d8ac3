namespace SasRec.Core.Sequences;

/// <summary>Which users and items of a dataset in the making stay, and the indices that they get.</summary>
static class KeptIds
{
    /// <summary>How many rows of each user stay, and which items do.</summary>
    /// <param name="parts">The rows of all users.</param>
    /// <param name="users">How many users there are.</param>
    /// <param name="items">How many items there are.</param>
    /// <param name="options">The minimum counts.</param>
    /// <param name="itemKept">[items]: whether the item stays.</param>
    public static int[] Count(IReadOnlyList<OrderedRows> parts, int users, int items, DatasetOptions options, out bool[] itemKept)
    {
        var itemCounts = new int[items];
        foreach (var part in parts)
        {
            foreach (var item in part.Items)
            {
                itemCounts[item]++;
            }
        }

        itemKept = Array.ConvertAll(itemCounts, count => count >= options.MinItemCount);
        var (userCounts, finalCounts) = (new int[users], new int[items]);
        foreach (var part in parts)
        {
            for (var place = 0; place < part.Users.Length; place++)
            {
                var mine = part.Items.AsSpan(part.Starts[place]..part.Starts[place + 1]);
                var count = 0;
                foreach (var item in mine)
                {
                    count += itemKept[item] ? 1 : 0;
                }

                if (count < options.MinUserCount)
                {
                    continue;
                }

                userCounts[part.Users[place]] = count;
                foreach (var item in mine)
                {
                    finalCounts[item]++;
                }
            }
        }

        for (var item = 0; item < itemKept.Length; item++)
        {
            itemKept[item] &= finalCounts[item] > 0;
        }

        return userCounts;
    }

    /// <summary>The ids that stay, in ordinal order, and the new index of each old one, -1 for those that go.</summary>
    public static (string[] Ids, int[] IndexOf) Ordinal(IdTable all, bool[] kept)
    {
        int[] old = [.. Enumerable.Range(0, all.Count).Where(index => kept[index])];
        string[] ids;
        if (all.OrdinalKeys(old) is { } keys)
        {
            Array.Sort(keys, old);
            ids = Array.ConvertAll(old, index => all[index]);
        }
        else
        {
            ids = Array.ConvertAll(old, index => all[index]);
            Array.Sort(ids, old, StringComparer.Ordinal);
        }

        var indexOf = new int[all.Count];
        Array.Fill(indexOf, -1);
        for (var i = 0; i < ids.Length; i++)
        {
            indexOf[old[i]] = i;
        }

        return (ids, indexOf);
    }

    /// <summary>[count]: the old number of each new one, where <paramref name="indexOf"/> gives the new number of each old one or -1.</summary>
    public static int[] Inverse(int[] indexOf, int count)
    {
        var inverse = new int[count];
        for (var old = 0; old < indexOf.Length; old++)
        {
            if (indexOf[old] >= 0)
            {
                inverse[indexOf[old]] = old;
            }
        }

        return inverse;
    }

    /// <summary>[U + 1]: where the rows of each user that stays begin.</summary>
    public static int[] Offsets(int[] userOf, int[] kept)
    {
        var offsets = new int[userOf.Length + 1];
        for (var u = 0; u < userOf.Length; u++)
        {
            offsets[u + 1] = offsets[u] + kept[userOf[u]];
        }

        return offsets;
    }
}
