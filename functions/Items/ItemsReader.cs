using System.Text.Json;
using SasRec.Core.Items;
using SasRec.Functions.Http;
using static SasRec.Functions.Http.StrictJson;

namespace SasRec.Functions.Items;

/// <summary>Reads <c>{"items": [...]}</c> straight from UTF-8.</summary>
static class ItemsReader
{
    const int Id = 0, Title = 1, Categories = 2, Available = 3, ImageUrl = 4, PublishedAt = 5, ExpiresAt = 6, Attributes = 7;

    static readonly ObjectFields Fields =
        new(2, "id", "title", "categories", "available", "imageUrl", "publishedAt", "expiresAt", "attributes");

    static readonly string TitleRange = $"a string of 1 to {CatalogueItemRules.MaxTitleLength} UTF-16 code units of well-formed Unicode, one of which can be read";
    static readonly string UrlRange =
        $"an absolute http or https address of at most {CatalogueItemRules.MaxUrlLength} UTF-16 code units, without quotes, spaces, brackets or a password";

    /// <summary>The items, or nothing where anything at all was wrong.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="maxItems">The maximum number of items.</param>
    /// <param name="errors">Receives every bad field.</param>
    public static IReadOnlyList<CatalogueItem> Read(ReadOnlySpan<byte> body, int maxItems, RequestErrors errors)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        return JsonList.Read(body, "items", maxItems, errors, (ref Utf8JsonReader reader, Place place) =>
        {
            var item = Item(ref reader, place, errors);
            if (item is not null && !ids.Add(item.Id))
            {
                errors.Add(place.Of(Fields[Id]), item.Id, "given once in a request");
            }

            return item;
        });
    }

    static CatalogueItem? Item(ref Utf8JsonReader reader, Place place, RequestErrors errors)
    {
        if (!Fields.Enter(ref reader, place.Of(""), errors))
        {
            return null;
        }

        string? id = null, title = null, imageUrl = null, attributes = null;
        IReadOnlyList<string> categories = [];
        var available = true;
        DateTimeOffset? publishedAt = null, expiresAt = null;
        var seen = 0u;
        for (int field; (field = Fields.Next(ref reader, ref seen, place, errors)) >= 0;)
        {
            var name = Fields[field];
            switch (field)
            {
                case Id:
                    id = JsonFields.Id(ref reader, name, place, errors);
                    break;
                case Title:
                    title = JsonFields.String(ref reader, name, place, CatalogueItemRules.MaxTitleLength, TitleRange, errors);
                    if (title is not null && !CatalogueItemRules.IsReadable(title))
                    {
                        errors.Add(place.Of(name), title, TitleRange);
                    }

                    break;
                case Categories:
                    categories = Distinct(ref reader, place.Of(name), errors);
                    break;
                case Available:
                    available = JsonFields.Boolean(ref reader, name, place, errors) ?? true;
                    break;
                case ImageUrl:
                    imageUrl = Url(ref reader, name, place, errors);
                    break;
                case PublishedAt:
                    publishedAt = JsonFields.Time(
                        ref reader, name, place, CatalogueItemRules.EarliestTime, CatalogueItemRules.LatestTime, errors);
                    break;
                case ExpiresAt:
                    expiresAt = JsonFields.Time(ref reader, name, place, CatalogueItemRules.EarliestTime, CatalogueItemRules.LatestTime, errors);
                    break;
                case Attributes:
                    attributes = ItemAttributes.Read(ref reader, place.Of(name), errors);
                    break;
            }
        }

        foreach (var (field, range) in (ReadOnlySpan<(int, string)>)[(Id, JsonFields.IdRange), (Title, TitleRange)])
        {
            if (Fields.Missing(field, seen))
            {
                errors.Add(place.Of(Fields[field]), null, range);
            }
        }

        if (publishedAt >= expiresAt)
        {
            errors.Add(place.Of(Fields[ExpiresAt]), $"{expiresAt:O}", $"later than publishedAt, {publishedAt:O}");
        }

        return id is null || title is null ? null : new CatalogueItem
        {
            Id = id,
            Title = title,
            Categories = categories,
            Available = available,
            ImageUrl = imageUrl,
            PublishedAt = publishedAt,
            ExpiresAt = expiresAt,
            Attributes = attributes,
        };
    }

    static IReadOnlyList<string> Distinct(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        var categories = JsonFields.Labels(ref reader, field, CatalogueItemRules.MaxCategories, errors) ?? [];
        for (var i = 1; i < categories.Count; i++)
        {
            if (categories.Take(i).Contains(categories[i], StringComparer.Ordinal))
            {
                errors.Add($"{field}[{i}]", categories[i], "given once");
            }
        }

        return categories;
    }

    static string? Url(ref Utf8JsonReader reader, string name, Place place, RequestErrors errors)
    {
        if (reader.TokenType == JsonTokenType.String && Text(ref reader) is { } text && CatalogueItemRules.IsImageUrl(text))
        {
            return text;
        }

        errors.Add(place.Of(name), Found(ref reader), UrlRange);
        return null;
    }
}
