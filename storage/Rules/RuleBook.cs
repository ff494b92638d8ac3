using System.Text.Json.Serialization;
using SasRec.Core.Rules;

namespace SasRec.Storage.Rules;

/// <summary>The rules of every placement, and who changed them: <c>rules.json</c>.</summary>
public sealed record RuleBook
{
    /// <summary>The newest format that is known, and the one that is written.</summary>
    public const int KnownFormat = 1;

    /// <summary>How many changes are remembered.</summary>
    public const int MaxHistory = 100;

    /// <summary>The format of this book.</summary>
    public int FormatVersion { get; init; }

    /// <summary>The number of the newest change; 0 before the first.</summary>
    public int Version { get; init; }

    /// <summary>The changes, newest first; of each placement at least the newest.</summary>
    public IReadOnlyList<RuleChange> History { get; init; } = [];

    /// <summary>The newest change of a placement; null where it never had rules.</summary>
    public RuleChange? Of(string placement) => History.FirstOrDefault(change => change.Placement == placement);

    /// <summary>The newest change of every placement that has rules, by placement.</summary>
    [JsonIgnore]
    public IReadOnlyList<RuleChange> Current =>
    [
        .. History.DistinctBy(change => change.Placement).Where(change => change.Rules is not null)
            .OrderBy(change => change.Placement, StringComparer.Ordinal),
    ];

    /// <summary>The book after a change.</summary>
    internal RuleBook With(RuleChange change)
    {
        RuleChange[] all = [change, .. History];
        var newest = all.DistinctBy(one => one.Placement).ToHashSet();
        return this with
        {
            FormatVersion = KnownFormat,
            Version = change.Version,
            History = [.. all.Index().Where(one => one.Index < MaxHistory || newest.Contains(one.Item)).Select(one => one.Item)],
        };
    }
}

/// <summary>One change of the rules of one placement.</summary>
/// <param name="Version">Its number; impressions name it.</param>
/// <param name="Placement">Whose rules.</param>
/// <param name="Rules">The rules from then on; null for none any more.</param>
/// <param name="By">Who made it.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, in UTC.</param>
public sealed record RuleChange(
    int Version,
    string Placement,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SlateRules? Rules,
    string By,
    string Reason,
    DateTimeOffset At);
