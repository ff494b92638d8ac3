using System.Text.Json;
using SasRec.Core.Explore;
using SasRec.Core.Rules;

namespace SasRec.Serving.Items;

/// <summary>The attributes of items, laid out so that conditions are operations on bitmaps.</summary>
sealed class AttributeIndex
{
    readonly int count;
    readonly Dictionary<string, Attribute> attributes = new(StringComparer.Ordinal);

    /// <param name="count">V + N.</param>
    /// <param name="items">The items of the catalogue with their places.</param>
    public AttributeIndex(int count, IEnumerable<(int Place, string? Attributes)> items)
    {
        this.count = count;
        foreach (var (place, json) in items)
        {
            if (json is null)
            {
                continue;
            }

            using var document = JsonDocument.Parse(json);
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (AttributeValue.Of(property.Value) is { } value)
                {
                    (attributes.TryGetValue(property.Name, out var known) ? known : attributes[property.Name] = new Attribute()).Add(place, value);
                }
            }
        }

        foreach (var attribute in attributes.Values)
        {
            attribute.Complete(count);
        }
    }

    /// <summary>The items that satisfy a condition on an attribute, whatever its <see cref="ItemCondition.Not"/>; none where no item has the attribute.</summary>
    public ItemSet Matching(ItemCondition condition)
    {
        var items = ItemSet.None(count);
        if (!attributes.TryGetValue(condition.Attribute!, out var attribute))
        {
            return condition.Exists == false ? ItemSet.All(count) : items;
        }

        if (condition.OneOf is { } values)
        {
            foreach (var value in values.Distinct())
            {
                attribute.AddOf(value, items);
            }
        }
        else if (condition.Exists is { } exists)
        {
            items = exists ? items : ItemSet.All(count);
            attribute.AddOrRemoveAll(exists, items);
        }
        else
        {
            attribute.AddWithin(condition.Min ?? double.NegativeInfinity, condition.Max ?? double.PositiveInfinity, items);
        }

        return items;
    }

    /// <summary>One attribute: its items by value, and in the order of its numbers.</summary>
    sealed class Attribute
    {
        readonly Dictionary<AttributeValue, List<int>> gathered = [];
        readonly Dictionary<AttributeValue, PlaceSet> byValue = [];
        (double Number, int Place)[] byNumber = [];

        public void Add(int place, AttributeValue value) =>
            (gathered.TryGetValue(value, out var places) ? places : gathered[value] = []).Add(place);

        public void Complete(int count)
        {
            byNumber = [.. gathered.Where(g => g.Key.Number is not null).SelectMany(g => g.Value.Select(place => (g.Key.Number!.Value, place))).Order()];
            foreach (var (value, places) in gathered)
            {
                byValue[value] = new PlaceSet(count, places);
            }

            gathered.Clear();
        }

        public void AddOf(AttributeValue value, ItemSet items)
        {
            if (byValue.TryGetValue(value, out var places))
            {
                places.AddTo(items);
            }
        }

        public void AddWithin(double min, double max, ItemSet items)
        {
            var begin = Array.BinarySearch(byNumber, (min, int.MinValue));
            for (var i = begin < 0 ? ~begin : begin; i < byNumber.Length && byNumber[i].Number <= max; i++)
            {
                items.Add(byNumber[i].Place);
            }
        }

        public void AddOrRemoveAll(bool add, ItemSet items)
        {
            foreach (var places in byValue.Values)
            {
                if (add)
                {
                    places.AddTo(items);
                }
                else
                {
                    places.RemoveFrom(items);
                }
            }
        }
    }
}
