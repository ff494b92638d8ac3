using System.Globalization;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Import;

/// <summary>What a column of a feed of items is.</summary>
enum ItemField
{
    /// <summary>The item's id.</summary>
    Id,

    /// <summary>What people call it.</summary>
    Title,

    /// <summary>What it belongs to.</summary>
    Categories,

    /// <summary>Whether it may be recommended: yes or no, a state such as <c>in_stock</c>, or the number in stock.</summary>
    Available,

    /// <summary>A picture.</summary>
    ImageUrl,

    /// <summary>The first moment at which it may be recommended.</summary>
    PublishedAt,

    /// <summary>The first moment at which it may no longer be recommended.</summary>
    ExpiresAt,

    /// <summary>Anything else, under the column's name.</summary>
    Attribute,

    /// <summary>Nothing: the column has no name.</summary>
    None,
}

/// <summary>Finds what the columns of a feed of items are: the API's own names, Google Merchant's, Shopify's, MovieLens', and the like.</summary>
/// <param name="Names">The columns' names as they stand.</param>
/// <param name="Fields">What each is.</param>
sealed record ItemColumns(IReadOnlyList<string> Names, IReadOnlyList<ItemField> Fields)
{
    // Groups of names without case and anything but letters and digits; of each field the first group that the file has counts.
    static readonly (ItemField Field, string[] Groups)[] Known =
    [
        (ItemField.Id, ["id", "itemid item", "handle", "sku productid movieid bookid asin parentasin isbn articleid trackid songid videoid newsid gameid appid businessid contentid recipeid courseid listingid stockcode productcode gmapid"]),
        (ItemField.Title, ["title", "name", "productname itemname movietitle booktitle producttitle trackname songname"]),
        (ItemField.Categories, ["categories category", "genres genre", "producttype", "googleproductcategory productcategory categorypath", "type maincategory categoryname categorycode"]),
        (ItemField.Available, ["available instock", "availability", "stock quantity inventory inventoryquantity variantinventoryqty qty stocklevel stockquantity"]),
        (ItemField.ImageUrl, ["imageurl", "imagelink", "image imagesrc picture pictureurl thumbnail thumbnailurl imgurl img"]),
        (ItemField.PublishedAt, ["publishedat", "published", "availabilitydate availablefrom"]),
        (ItemField.ExpiresAt, ["expiresat", "expires", "expirationdate availableuntil"]),
    ];

    /// <summary>Whether the feed names an item and its title.</summary>
    public bool IsComplete => Fields.Contains(ItemField.Id) && Fields.Contains(ItemField.Title);

    /// <summary>Finds what columns are.</summary>
    /// <param name="names">Their names.</param>
    /// <param name="wrong">What is wrong with them; null if nothing is.</param>
    public static ItemColumns Of(IReadOnlyList<string> names, out string? wrong)
    {
        wrong = null;
        var plain = names.Select(ColumnNames.Plain).ToArray();
        var fields = plain.Select(name => name.Length == 0 ? ItemField.None : ItemField.Attribute).ToArray();
        foreach (var (field, groups) in Known)
        {
            var columns = groups.Select(group => group.Split(' '))
                .Select(group => Enumerable.Range(0, plain.Length).Where(column => group.Contains(plain[column])).ToArray())
                .FirstOrDefault(found => found.Length > 0) ?? [];
            if (columns.Length > 1 || (columns.Length == 1 && field == ItemField.Title && plain.Count(name => name is "title" or "name") > 1))
            {
                wrong ??= string.Create(CultureInfo.InvariantCulture, $"several columns are the {NameOf(field)}; the header must name one");
            }

            foreach (var column in columns)
            {
                fields[column] = field;
            }
        }

        var twice = Enumerable.Range(0, names.Count).Where(column => fields[column] == ItemField.Attribute).GroupBy(column => names[column].Trim())
            .FirstOrDefault(same => same.Count() > 1);
        wrong ??= twice is null ? null : $"two columns are named '{twice.Key}'; the header must name each once";
        return new ItemColumns(names, fields);
    }

    /// <summary>The name of a field in the API.</summary>
    public static string NameOf(ItemField field) => field switch
    {
        ItemField.ImageUrl => "imageUrl",
        ItemField.PublishedAt => "publishedAt",
        ItemField.ExpiresAt => "expiresAt",
#pragma warning disable CA1308 // The API's names are in lower case.
        _ => field.ToString().ToLowerInvariant(),
#pragma warning restore CA1308
    };

    /// <summary>Which columns became what.</summary>
    public string Describe()
    {
        var known = Enumerable.Range(0, Names.Count).Where(column => Fields[column] < ItemField.Attribute)
            .OrderBy(column => Fields[column]).Select(column => $"{NameOf(Fields[column])} = {Names[column].Trim()}");
        var rest = Enumerable.Range(0, Names.Count).Where(column => Fields[column] == ItemField.Attribute).Select(column => Names[column].Trim()).ToArray();
        return string.Join(", ", known) + (rest.Length == 0 ? "" : $"; attributes: {string.Join(", ", rest)}")
            + (Fields.Contains(ItemField.None) ? "; a column without a name is not used" : "");
    }
}
