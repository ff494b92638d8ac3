using SasRec.Core.Content;
using SasRec.Core.Explore;
using SasRec.Core.Rules;
using SasRec.Core.Sequences;

namespace SasRec.Serving.Items;

/// <summary>What the catalogue says of the items that one model can recommend, laid out so that filters are operations on bitmaps.</summary>
/// <remarks>
/// Places 0..V-1 are the model's items, whether the catalogue knows them or not. Behind them stand the N new ones: those that the catalogue
/// knows and the model does not, in the order of their ids, so that every instance counts them alike. Made anew for every change of the
/// catalogue or the model; only time changes one, by a schedule of what begins and what ends. Where the model has a content map, new items
/// have an embedding by what the catalogue says of them.
/// </remarks>
sealed class ItemIndex
{
    readonly ItemVocabulary known;
    readonly Dictionary<string, int> newPlaces;
    readonly string[] newIds; // [N]
    readonly Dictionary<string, PlaceSet> categories;
    readonly Lazy<AttributeIndex> attributes; // Many catalogues have none that a rule asks for.
    readonly (DateTimeOffset At, int Item, bool Begins)[] schedule; // By time.
    volatile Eligibility eligibility;

    /// <param name="known">The model's items.</param>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="now">The time from which the index is asked.</param>
    /// <param name="content">The model's content map; null for none.</param>
    /// <param name="previous">The index before a change of the catalogue, of the same model; null for none.</param>
    public ItemIndex(
        ItemVocabulary known, Catalogue catalogue, DateTimeOffset now, ContentMap? content = null, ItemIndex? previous = null)
    {
        (this.known, Catalogue) = (known, catalogue);
        newIds = [.. catalogue.Items.Select(item => item.Id).Where(id => !known.TryGetIndex(id, out _))];
        newPlaces = newIds.Index().ToDictionary(place => place.Item, place => known.Count + place.Index, StringComparer.Ordinal);
        NewEmbeddings = content is null ? null : new NewItemEmbeddings(content, this, newIds, previous);
        var eligible = ItemSet.All(Count);
        var members = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var changes = new List<(DateTimeOffset At, int Item, bool Begins)>();
        foreach (var item in catalogue.Items)
        {
            TryGetPlace(item.Id, out var place);
            foreach (var category in item.Categories)
            {
                (members.TryGetValue(category, out var list) ? list : members[category] = []).Add(place);
            }

            if (!item.IsEligible(now))
            {
                eligible.Remove(place);
            }

            if (item.Available && item.PublishedAt > now)
            {
                changes.Add((item.PublishedAt.Value, place, true));
            }

            if (item.Available && item.ExpiresAt > now)
            {
                changes.Add((item.ExpiresAt.Value, place, false));
            }
        }

        categories = members.ToDictionary(c => c.Key, c => new PlaceSet(Count, c.Value), StringComparer.Ordinal);
        attributes = new Lazy<AttributeIndex>(() => new AttributeIndex(Count, catalogue.Items.Select(item =>
        {
            TryGetPlace(item.Id, out var place);
            return (place, item.Attributes);
        })));
        changes.Sort();
        schedule = [.. changes];
        eligibility = new Eligibility(eligible, 0);
    }

    public Catalogue Catalogue { get; }

    /// <summary>The embeddings of the new items; null where the model has no content map.</summary>
    public NewItemEmbeddings? NewEmbeddings { get; }

    /// <summary>V.</summary>
    public int KnownCount => known.Count;

    /// <summary>N.</summary>
    public int NewCount => newIds.Length;

    /// <summary>How many items, from place 0 on, the model can score: V + N with a content map, V without.</summary>
    public int ScoredCount => NewEmbeddings is null ? KnownCount : Count;

    /// <summary>V + N.</summary>
    public int Count => known.Count + newIds.Length;

    /// <summary>The model's index of an item; false where it was not trained on it.</summary>
    public bool TryGetKnown(string id, out int item) => known.TryGetIndex(id, out item);

    /// <summary>The place of an item that the model or the catalogue knows.</summary>
    public bool TryGetPlace(string id, out int place) => known.TryGetIndex(id, out place) || newPlaces.TryGetValue(id, out place);

    public string IdOf(int place) => IsNew(place) ? newIds[place - known.Count] : known[place];

    public bool IsNew(int place) => place >= known.Count;

    /// <summary>Whether an item has an embedding: of the model, or by what the catalogue says of a new one.</summary>
    public bool IsEmbedded(int place) => !IsNew(place) || NewEmbeddings?.Knows(place - known.Count) == true;

    /// <summary>What may be recommended at a moment. A copy: the caller may change it.</summary>
    public ItemSet EligibleAt(DateTimeOffset now)
    {
        var current = eligibility;
        if (current.Next < schedule.Length && schedule[current.Next].At <= now)
        {
            var (items, next) = (current.Items.Copy(), current.Next);
            for (; next < schedule.Length && schedule[next].At <= now; next++)
            {
                if (schedule[next].Begins)
                {
                    items.Add(schedule[next].Item);
                }
                else
                {
                    items.Remove(schedule[next].Item);
                }
            }

            // Requests that come here together make the same of it.
            eligibility = current = new Eligibility(items, next);
        }

        return current.Items.Copy();
    }

    /// <summary>The items that belong to any of some categories; an unknown category has none.</summary>
    public ItemSet InAnyOf(IReadOnlyList<string> names)
    {
        var items = ItemSet.None(Count);
        foreach (var name in names)
        {
            if (categories.TryGetValue(name, out var category))
            {
                category.AddTo(items);
            }
        }

        return items;
    }

    /// <summary>The items that satisfy all of some conditions.</summary>
    public ItemSet Where(IReadOnlyList<ItemCondition> conditions)
    {
        var items = ItemSet.All(Count);
        foreach (var condition in conditions)
        {
            var matching = condition.Category is { } category ? InAnyOf([category])
                : condition.ItemId is { } id ? (TryGetPlace(id, out var place) ? ItemSet.Of(Count, [place]) : ItemSet.None(Count))
                : attributes.Value.Matching(condition);
            if (condition.Not)
            {
                items.ExceptWith(matching);
            }
            else
            {
                items.IntersectWith(matching);
            }
        }

        return items;
    }

    /// <summary>What is eligible now, and the first change that has not happened yet.</summary>
    sealed record Eligibility(ItemSet Items, int Next);
}
