namespace SasRec.Simulator.World;

/// <summary>What the sample shop sells: a category's families (kinds) and, for each kind, its variants from the first choice to the rarest.</summary>
/// <param name="Category">One word, as it stands in ids and titles.</param>
/// <param name="Families">Kinds within the category.</param>
/// <param name="Variants">[SampleCatalogue.FamilySize]: who likes a kind moves along these.</param>
sealed record SampleWords(string Category, string[] Families, string[] Variants)
{
    public static readonly SampleWords[] Shop =
    [
        Of("tea", "green black white oolong herbal rooibos chai matcha jasmine mint",
            "sampler classic loose-leaf bags organic gift-tin first-flush decaf smoked reserve"),
        Of("coffee", "espresso filter cold-brew decaf ethiopian colombian sumatran kenyan mocha house-blend",
            "sampler ground whole-bean capsules organic light-roast dark-roast single-estate barrel-aged micro-lot"),
        Of("chocolate", "milk dark white hazelnut orange almond caramel sea-salt raspberry praline",
            "bar bites box organic truffles gift-box spread cocoa tasting-set single-origin"),
        Of("bread", "sourdough rye spelt ciabatta focaccia baguette brioche pumpernickel pita bagel",
            "loaf rolls flour baking-mix starter cookbook proofing-basket baking-stone wholegrain seeded"),
        Of("cookware", "cast-iron steel copper ceramic enamel bamboo titanium glass clay silicone",
            "pan pot skillet saucepan lid wok griddle casserole steamer knife-set"),
        Of("garden", "tomato basil lavender rose chilli pumpkin sunflower strawberry mint-bed orchid",
            "seeds seedling pot compost watering-can trellis feed pruner greenhouse almanac"),
        Of("hiking", "trail alpine forest coastal winter desert volcano canyon glacier island",
            "map boots daypack poles jacket tent stove headlamp sleeping-bag guidebook"),
        Of("cycling", "road gravel mountain city touring folding cargo electric track kids",
            "helmet lights lock tyres gloves pump jersey saddle wheelset frame"),
        Of("books", "mystery fantasy history science travel poetry biography romance thriller philosophy",
            "volume-1 volume-2 volume-3 volume-4 volume-5 volume-6 volume-7 companion box-set first-edition"),
        Of("music", "jazz blues folk classical rock ambient soul reggae electronic tango",
            "essentials live studio acoustic sessions remastered rarities vinyl anthology songbook"),
        Of("games", "strategy card puzzle party adventure word dice cooperative railway castle",
            "starter base-game expansion-1 expansion-2 expansion-3 travel-edition deluxe organizer miniatures collector"),
        Of("photo", "portrait street landscape macro wildlife night instant film travel studio",
            "handbook strap bag tripod filter-set flash lens prints album backdrop"),
    ];

    static SampleWords Of(string category, string families, string variants) => new(category, families.Split(' '), variants.Split(' '));
}
