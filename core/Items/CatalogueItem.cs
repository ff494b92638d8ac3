using System.Text.Json.Serialization;

namespace SasRec.Core.Items;

/// <summary>What the catalogue says of an item: how it is called, and when and where it may be recommended.</summary>
/// <remarks>The catalogue is optional: an item that it does not know may always be recommended.</remarks>
public sealed record CatalogueItem
{
    /// <summary>The id that interactions name it by; any well-formed Unicode.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it. Plain text: markup in it means nothing.</summary>
    public required string Title { get; init; }

    /// <summary>What it belongs to: at most <see cref="CatalogueItemRules.MaxCategories"/>, each once.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Whether it may be recommended at all.</summary>
    public bool Available { get; init; } = true;

    /// <summary>A picture, by http or https; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ImageUrl { get; init; }

    /// <summary>The first moment at which it may be recommended, in UTC; null for always.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>The first moment at which it may no longer be recommended, in UTC; null for never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A JSON object of strings, numbers, true and false that means nothing here; null for none.</summary>
    [JsonConverter(typeof(RawJsonConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Attributes { get; init; }

    /// <summary>Whether it may be recommended at a moment.</summary>
    public bool IsEligible(DateTimeOffset at) => Available && !(at < PublishedAt) && !(at >= ExpiresAt);
}
