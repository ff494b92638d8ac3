using SasRec.Core.Contracts;
using SasRec.Core.Rules;

namespace SasRec.Serving.Slates;

/// <summary>What a client asks for; both endpoints fill it.</summary>
sealed record RecommendationRequest
{
    /// <summary>For whom; null for an inline history without a user.</summary>
    public string? UserId { get; init; }

    /// <summary>Items, oldest first, in place of what the log holds; null to read the log.</summary>
    public IReadOnlyList<string>? History { get; init; }

    /// <summary>How many items to recommend.</summary>
    public required int K { get; init; }

    /// <summary>The only items that may be recommended; null for the whole catalogue.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Items that must not be recommended, whatever <see cref="Allow"/> says.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>Only items of one of these categories may be recommended; null for all.</summary>
    public IReadOnlyList<string>? AllowCategories { get; init; }

    /// <summary>Items of these categories must not be recommended, whatever <see cref="AllowCategories"/> says.</summary>
    public IReadOnlyList<string> DenyCategories { get; init; } = [];

    /// <summary>Items that the client shows already.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Items that the user turned down, newest first, beside those that the log knows of: never recommended, and items like them less.</summary>
    public IReadOnlyList<string> Dislikes { get; init; } = [];

    /// <summary>The slate behind which this one stands: what it and those before it showed is left out; null for a first page.</summary>
    public string? After { get; init; }

    /// <summary>Whether only items of the history are recommended, whatever <see cref="ExcludeSeen"/> says: buy again, watch on.</summary>
    public bool OnlySeen { get; init; }

    /// <summary>The item to which others are to be similar, or with which they go, in place of the history; null for none.</summary>
    public string? SimilarTo { get; init; }

    /// <summary>The recommender of a rail that has one of its own; null to select one by the placement's shares.</summary>
    public string? Rail { get; init; }

    /// <summary>Rules of this request alone, beside those of its placement.</summary>
    public SlateRules Rules { get; init; } = SlateRules.None;

    /// <summary>Whether the items of the history are left out.</summary>
    public required bool ExcludeSeen { get; init; }

    /// <summary>The share of the greedy list's value that may be spent, 0 to 1; null for the placement's.</summary>
    public double? Exploration { get; init; }

    /// <summary>In place of an exploration: the one temperature of every slot, 0 for greedy; null for the placement's.</summary>
    public double? Temperature { get; init; }

    /// <summary>0 to 1; null for the placement's.</summary>
    public double? Epsilon { get; init; }

    /// <summary>One of <see cref="Recommenders.All"/>; null to be assigned one by the placement's shares.</summary>
    public string? Recommender { get; init; }

    /// <summary>0 to 1.</summary>
    public required double NewItemShare { get; init; }

    /// <summary>The seed of the draw; null to choose one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Where the slate is shown.</summary>
    public string Placement { get; init; } = "default";

    /// <summary>Whether the answer says why each item is there and which chance it had.</summary>
    public bool Explain { get; init; }

    /// <summary>Whether this is a preview: nothing is logged.</summary>
    public bool Preview { get; init; }
}
