namespace SasRec.Core.Sequences;

/// <summary>A set of items that is emptied in constant time.</summary>
/// <param name="itemCount">V: items are 0..V-1.</param>
sealed class ItemMarks(int itemCount)
{
    readonly int[] marks = new int[itemCount];
    int round = 1;

    /// <summary>Empties the set.</summary>
    public void Clear() => round++;

    /// <summary>Adds an item and says whether it was new.</summary>
    public bool Add(int item)
    {
        var added = marks[item] != round;
        marks[item] = round;
        return added;
    }

    /// <summary>Whether an item is in the set.</summary>
    public bool Contains(int item) => marks[item] == round;
}
