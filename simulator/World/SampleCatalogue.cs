namespace SasRec.Simulator.World;

/// <summary>The items of the sample shop, kind by kind.</summary>
static class SampleCatalogue
{
    /// <summary>How many items a kind has.</summary>
    public const int FamilySize = 10;

    /// <summary>Items i = family * FamilySize + step. Neighbouring families are of different categories.</summary>
    public static SampleItem[] Create(int count)
    {
        var items = new SampleItem[count];
        for (var i = 0; i < count; i++)
        {
            var (family, step) = (i / FamilySize, i % FamilySize);
            var words = SampleWords.Shop[family % SampleWords.Shop.Length];
            var kind = family / SampleWords.Shop.Length;
            var (name, edition) = (words.Families[kind % words.Families.Length], kind / words.Families.Length);
            var variant = words.Variants[step];
            var numbered = edition == 0 ? name : $"{name}-{edition + 1}";
            items[i] = new SampleItem(
                $"{words.Category}-{numbered}-{variant}",
                $"{Capital(Spaced(numbered))} {words.Category}, {Spaced(variant)}",
                words.Category,
                $"{Spaced(numbered)} {words.Category}",
                family,
                step);
        }

        return items;
    }

    /// <summary>One item of each category that nobody has acted on; they belong to no family.</summary>
    public static IReadOnlyList<SampleItem> Arrivals { get; } =
    [
        .. SampleWords.Shop.Select(words => new SampleItem(
            $"{words.Category}-limited-edition", $"Limited edition {words.Category}", words.Category, "limited edition", -1, 0)),
    ];

    static string Spaced(string words) => words.Replace('-', ' ');

    static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];
}
