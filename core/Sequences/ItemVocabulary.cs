namespace SasRec.Core.Sequences;

/// <summary>The two-way map between item ids and item indices 0..V-1. Ids are compared ordinally.</summary>
public sealed class ItemVocabulary
{
    readonly string[] ids;
    readonly Dictionary<string, int> indices;

    /// <summary>Gives each id the index of its place.</summary>
    /// <param name="ids">[V]: distinct, non-empty.</param>
    /// <exception cref="ArgumentException">An id is empty or stands twice.</exception>
    public ItemVocabulary(IEnumerable<string> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        this.ids = [.. ids];
        indices = new Dictionary<string, int>(this.ids.Length, StringComparer.Ordinal);
        for (var i = 0; i < this.ids.Length; i++)
        {
            if (string.IsNullOrEmpty(this.ids[i]))
            {
                throw new ArgumentException($"The item id at index {i} is empty.", nameof(ids));
            }

            if (!indices.TryAdd(this.ids[i], i))
            {
                throw new ArgumentException($"The item id '{this.ids[i]}' stands at index {indices[this.ids[i]]} and {i}.", nameof(ids));
            }
        }
    }

    /// <summary>V: how many items there are.</summary>
    public int Count => ids.Length;

    /// <summary>[V]: the ids by index.</summary>
    public IReadOnlyList<string> Ids => ids;

    /// <summary>The id of an item.</summary>
    /// <param name="index">0..<see cref="Count"/>-1.</param>
    public string this[int index] => ids[index];

    /// <summary>Finds an item's index.</summary>
    /// <param name="id">The item id.</param>
    /// <param name="index">0..<see cref="Count"/>-1, where the item is known.</param>
    /// <returns>Whether the item is known.</returns>
    public bool TryGetIndex(string id, out int index) => indices.TryGetValue(id, out index);
}
