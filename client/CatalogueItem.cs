using System.Text.Json;

namespace SasRec.Client;

/// <summary>An item of the catalogue.</summary>
public sealed record CatalogueItem
{
    /// <summary>1 to 256 UTF-16 code units.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it, 1 to 512 characters of plain text.</summary>
    public required string Title { get; init; }

    /// <summary>At most 16, each once.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>Whether it may be recommended at all; null for true.</summary>
    public bool? Available { get; init; }

    /// <summary>A picture, an absolute http or https address.</summary>
    public string? ImageUrl { get; init; }

    /// <summary>The first moment at which it may be recommended.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>The first moment at which it may no longer be recommended.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Strings, finite numbers, true and false, by name: what rules filter by.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Attributes { get; init; }
}
