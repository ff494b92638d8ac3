using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace SasRec.Client;

/// <summary>What a slate is to be made of. What is null is as the server is configured.</summary>
public sealed record SlateRequest
{
    /// <summary>For whom; null for nobody in particular.</summary>
    public string? UserId { get; init; }

    /// <summary>Items, oldest first, in place of what the log holds of the user; only of <see cref="SasRecClient.RecommendAsync"/>.</summary>
    public IReadOnlyList<string>? History { get; init; }

    /// <summary>How many items, 1 to 100.</summary>
    [JsonPropertyName("k")]
    public int? Count { get; init; }

    /// <summary>Where it is shown: insights tell placements apart.</summary>
    public string? Placement { get; init; }

    /// <summary>The only items that may be recommended.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Items that must not be recommended.</summary>
    public IReadOnlyList<string>? Deny { get; init; }

    /// <summary>Only items of one of these categories.</summary>
    public IReadOnlyList<string>? AllowCategories { get; init; }

    /// <summary>No items of these categories.</summary>
    public IReadOnlyList<string>? DenyCategories { get; init; }

    /// <summary>Items that are shown already.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }

    /// <summary>Items that the user turned down, newest first, beside those in the log.</summary>
    public IReadOnlyList<string>? Dislikes { get; init; }

    /// <summary>Whether the items of the history are left out.</summary>
    public bool? ExcludeSeen { get; init; }

    /// <summary>Whether only items of the history are recommended: buy again, watch on.</summary>
    public bool? OnlySeen { get; init; }

    /// <summary>The recommendationId of the page before: what it and earlier pages showed is left out.</summary>
    public string? After { get; init; }

    /// <summary>The share of the greedy list's value that may be spent on exploration, 0 to 1.</summary>
    public double? Exploration { get; init; }

    /// <summary>Whether to say why each item is there.</summary>
    public bool? Explain { get; init; }

    /// <summary>Whether nothing is logged: nobody will see it.</summary>
    public bool? Preview { get; init; }

    /// <summary>The request as a query string that goes on behind a first parameter.</summary>
    internal string Query()
    {
        var query = new StringBuilder();
        Text("userId", UserId);
        Text("k", Count?.ToString(CultureInfo.InvariantCulture));
        Text("placement", Placement);
        List("allow", Allow);
        List("deny", Deny);
        List("allowCategories", AllowCategories);
        List("denyCategories", DenyCategories);
        List("exclude", Exclude);
        List("dislikes", Dislikes);
        Text("excludeSeen", Flag(ExcludeSeen));
        Text("onlySeen", Flag(OnlySeen));
        Text("after", After);
        Text("exploration", Exploration?.ToString("R", CultureInfo.InvariantCulture));
        Text("explain", Flag(Explain));
        Text("preview", Flag(Preview));
        return query.ToString();

        void Text(string name, string? value)
        {
            if (value is not null)
            {
                query.Append('&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        void List(string name, IReadOnlyList<string>? values)
        {
            foreach (var value in values ?? [])
            {
                Text(name, value);
            }
        }

        static string? Flag(bool? value) => value is { } flag ? (flag ? "true" : "false") : null;
    }
}

/// <summary>By what items are popular.</summary>
public enum PopularBy
{
    /// <summary>Interactions of the last 7 days of the model's data.</summary>
    Recent,

    /// <summary>All interactions.</summary>
    All,

    /// <summary>The rise of the last 7 days over all time.</summary>
    Trend,
}
