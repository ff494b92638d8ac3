using System.Text.Json.Serialization;

namespace SasRec.Core.Rules;

/// <summary>What an operator, or a request, adds to what a recommender finds.</summary>
/// <remarks>
/// Conditions, boosts, caps and diversity leave the propensities exact: they change what is eligible or the score, and the slate is drawn
/// by the policy from what results. Pins are no draws: they are marked as forced, in the answer and in the ledger.
/// </remarks>
public sealed record SlateRules
{
    /// <summary>The most conditions of a list, 20.</summary>
    public const int MaxConditions = 20;

    /// <summary>The most boosts, 50.</summary>
    public const int MaxBoosts = 50;

    /// <summary>The most pins, 20.</summary>
    public const int MaxPins = 20;

    /// <summary>The most caps of single categories, 50.</summary>
    public const int MaxCaps = 50;

    /// <summary>The most that a boost adds or takes, and the most diversity, in standard deviations of the model's scores.</summary>
    public const double MaxAmount = 10;

    /// <summary>No rules.</summary>
    public static SlateRules None { get; } = new();

    /// <summary>What every recommended item satisfies, pinned ones too.</summary>
    public IReadOnlyList<ItemCondition> Where { get; init; } = [];

    /// <summary>What raises or lowers scores; an item gets the sum of all boosts whose conditions it satisfies.</summary>
    public IReadOnlyList<Boost> Boosts { get; init; } = [];

    /// <summary>Items that stand at a rank of their own, if they are eligible.</summary>
    public IReadOnlyList<Pin> Pins { get; init; } = [];

    /// <summary>At most so many items of any one category, 1 to 1,000; null for any number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxPerCategory { get; init; }

    /// <summary>At most so many items of these categories, in place of <see cref="MaxPerCategory"/>.</summary>
    public IReadOnlyList<CategoryLimit> Caps { get; init; } = [];

    /// <summary>
    /// What an item loses for being like the likest item above it, 0 to 10 standard deviations of the model's scores: maximal marginal
    /// relevance (Carbonell and Goldstein 1998). Null for nothing.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Diversity { get; init; }

    /// <summary>Whether eligibility or scores change from slot to slot.</summary>
    [JsonIgnore]
    public bool DependOnSlate => MaxPerCategory is not null || Caps.Count > 0 || Diversity > 0;

    /// <summary>These rules with those of a request: conditions and boosts of both; the request's pins, caps and diversity where it has any.</summary>
    public SlateRules With(SlateRules request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new SlateRules
        {
            Where = [.. Where, .. request.Where],
            Boosts = [.. Boosts, .. request.Boosts],
            Pins = request.Pins.Count > 0 ? request.Pins : Pins,
            MaxPerCategory = request.MaxPerCategory ?? MaxPerCategory,
            Caps = request.Caps.Count > 0 ? request.Caps : Caps,
            Diversity = request.Diversity ?? Diversity,
        };
    }
}

/// <summary>A condition on an item: of its category, its id, or one of its attributes.</summary>
public sealed record ItemCondition
{
    /// <summary>The most values of <see cref="OneOf"/>, 100.</summary>
    public const int MaxValues = 100;

    /// <summary>The category that it belongs to; null for another condition.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Category { get; init; }

    /// <summary>The item's id; null for another condition.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ItemId { get; init; }

    /// <summary>The attribute; null for another condition.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Attribute { get; init; }

    /// <summary>The values of which the attribute has one; null for another condition.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AttributeValue>? OneOf { get; init; }

    /// <summary>The minimum of the attribute, a number; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Min { get; init; }

    /// <summary>The maximum of the attribute, a number; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Max { get; init; }

    /// <summary>Whether the attribute is there at all; null for another condition.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Exists { get; init; }

    /// <summary>Whether the item must not satisfy the rest.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Not { get; init; }
}

/// <summary>Raises or lowers the scores of items.</summary>
/// <param name="Where">What an item satisfies to get it.</param>
/// <param name="Amount">-10 to 10, in standard deviations of the model's scores: below 0 it buries.</param>
public sealed record Boost(IReadOnlyList<ItemCondition> Where, double Amount);

/// <summary>An item that stands at a rank whatever its score is. What it displaces moves down.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Rank">1 to 1,000; one behind the slate's end is not shown.</param>
public sealed record Pin(string ItemId, int Rank);

/// <summary>At most so many items of a category.</summary>
/// <param name="Category">The category.</param>
/// <param name="Most">0 to 1,000.</param>
public sealed record CategoryLimit(string Category, int Most);
