using System.Collections.Immutable;
using SasRec.Core.Items;
using SasRec.Storage.Items;

namespace SasRec.Serving.Items;

/// <summary>The catalogue at one moment, in the order of its ids. Immutable; a change shares what stays.</summary>
sealed class Catalogue
{
    readonly ImmutableSortedSet<CatalogueItem> items;

    Catalogue(ImmutableSortedSet<CatalogueItem> items) => this.items = items;

    public static Catalogue Empty { get; } = new(ImmutableSortedSet.Create<CatalogueItem>(new ById()));

    public int Count => items.Count;

    public IEnumerable<CatalogueItem> Items => items;

    public CatalogueItem? Find(string id) => items.TryGetValue(Probe(id), out var item) ? item : null;

    /// <summary>The catalogue after an update.</summary>
    public Catalogue With(ItemUpdate update)
    {
        var next = (update.Everything ? Empty : this).items.ToBuilder();
        foreach (var (id, item) in update.Items)
        {
            next.Remove(Probe(id));
            if (item is not null)
            {
                next.Add(item);
            }
        }

        return new Catalogue(next.ToImmutable());
    }

    /// <summary>Some items, in the order of their ids.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="after">The id behind which to begin; null for the first.</param>
    /// <param name="search">Words, each of which the title or the id must contain, whatever its case; null for anything.</param>
    public ItemPage Page(int count, string? after, string? search)
    {
        var words = search?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
        var found = new List<CatalogueItem>(Math.Min(count, items.Count));
        var at = after is null ? 0 : items.IndexOf(Probe(after)) is var index && index < 0 ? ~index : index + 1;
        for (; at < items.Count; at++)
        {
            var item = items[at];
            if (Array.TrueForAll(words, word => Has(item.Title, word) || Has(item.Id, word)))
            {
                if (found.Count == count)
                {
                    return new ItemPage(found, found[^1].Id);
                }

                found.Add(item);
            }
        }

        return new ItemPage(found, null);

        static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    static CatalogueItem Probe(string id) => new() { Id = id, Title = "" };

    sealed class ById : IComparer<CatalogueItem>
    {
        public int Compare(CatalogueItem? x, CatalogueItem? y) => string.CompareOrdinal(x?.Id, y?.Id);
    }
}

/// <summary>Some of the catalogue, in the order of the ids.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Next">What to give as <c>after</c> to go on; null at the end.</param>
sealed record ItemPage(IReadOnlyList<CatalogueItem> Items, string? Next);
