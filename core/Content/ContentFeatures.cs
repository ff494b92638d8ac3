using System.Globalization;
using System.Text;
using System.Text.Json;
using SasRec.Core.Items;

namespace SasRec.Core.Content;

/// <summary>One hashed feature of an item.</summary>
/// <param name="Hash">Of the field and the text: two features share one with a chance of 2^-32.</param>
/// <param name="Value">Above 0.</param>
public readonly record struct ContentFeature(uint Hash, float Value);

/// <summary>What the catalogue says of an item as a sparse vector: hashed labels, words and n-grams.</summary>
/// <remarks>
/// <para>Fields: the categories; the words of the title; the n-grams of these words, which bring together what is spelled alike; and each
/// attribute. The features of a field share its weight, so that the squares of their values sum to that weight squared, however many there are.</para>
/// <para>A word is a run of letters, marks and digits of any script, without case. N-grams are of 3 characters, the word's ends included, and
/// of 2 in scripts that are written without spaces or with many letters, from Thai to Hangul. A number is given rounded to 1, 2, 3 and 4
/// digits, so that near ones share features.</para>
/// </remarks>
public static class ContentFeatures
{
    const float CategoryWeight = 1, WordWeight = 1, GramWeight = 0.5f, AttributeWeight = 1;

    // From Thai on: scripts in which a word is short, or is not divided from the next.
    const int FirstDenseScript = 0x0E00;

    /// <summary>The features of an item, by ascending hash, each once; availability, times and the picture are none.</summary>
    public static IReadOnlyList<ContentFeature> Of(CatalogueItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var found = new SortedDictionary<uint, float>();
        var words = Words(item.Title).ToArray();
        Add(found, CategoryWeight, item.Categories.Select(category => Hash("category", category)));
        Add(found, WordWeight, words.Select(word => Hash("word", word)));
        Add(found, GramWeight, words.SelectMany(Grams).Select(gram => Hash("gram", gram)));
        foreach (var (name, texts) in Attributes(item.Attributes))
        {
            Add(found, AttributeWeight, texts.Select(text => Hash("attribute", name + "=" + text)));
        }

        return [.. found.Select(feature => new ContentFeature(feature.Key, feature.Value))];
    }

    static void Add(SortedDictionary<uint, float> found, float weight, IEnumerable<uint> hashes)
    {
        var distinct = hashes.Distinct().ToArray();
        foreach (var hash in distinct)
        {
            found[hash] = found.GetValueOrDefault(hash) + (weight / MathF.Sqrt(distinct.Length));
        }
    }

    static IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark)
            {
                word.Append(Rune.ToUpperInvariant(rune));
            }
            else if (word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }

    static IEnumerable<string> Grams(string word)
    {
        Rune[] runes = [new('<'), .. word.EnumerateRunes(), new('>')];
        for (var length = 2; length <= 3; length++)
        {
            for (var start = 0; start + length <= runes.Length; start++)
            {
                var gram = runes.AsSpan(start, length);
                if (length == 3 || Math.Max(gram[0].Value, gram[1].Value) >= FirstDenseScript)
                {
                    yield return string.Concat(gram.ToArray());
                }
            }
        }
    }

    static IEnumerable<(string Name, IReadOnlyList<string> Texts)> Attributes(string? json)
    {
        if (json is null)
        {
            yield break;
        }

        using var document = JsonDocument.Parse(json);
        foreach (var attribute in document.RootElement.EnumerateObject())
        {
            var text = attribute.Value.ValueKind == JsonValueKind.String ? attribute.Value.GetString()! : attribute.Value.GetRawText();
            yield return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? (attribute.Name, [.. Enumerable.Range(1, 4).Select(digits => $"{digits}:{number.ToString($"E{digits - 1}", CultureInfo.InvariantCulture)}")])
                : (attribute.Name, [text, .. Words(text).Select(word => "word:" + word)]);
        }
    }

    /// <summary>FNV-1a over UTF-16, the two halves of its 64 bits folded into one.</summary>
    static uint Hash(string field, string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in field)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        hash = (hash ^ 0xFFFF) * 1099511628211UL;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        return (uint)(hash ^ (hash >> 32));
    }
}
