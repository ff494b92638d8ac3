namespace SasRec.Core.Evaluate.Insights;

/// <summary>Tallies by a name that clients choose, at most so many; what comes after shares one.</summary>
/// <param name="most">How many names are told apart.</param>
sealed class GroupTally(int most = 200)
{
    const string Others = "(others)";

    readonly Dictionary<string, RateTally> groups = new(StringComparer.Ordinal);

    public void Add(string name, in SlotSums slate) => Of(name).Add(slate);

    public void Add(GroupTally other)
    {
        foreach (var (name, tally) in other.groups)
        {
            Of(name).Add(tally);
        }
    }

    /// <summary>The rates, the most served first.</summary>
    /// <param name="options">Confidence and the bar for support.</param>
    /// <param name="expected">See <see cref="RateTally.Rate"/>.</param>
    public IReadOnlyList<ServedRate> Rates(LedgerOptions options, double? expected = null) =>
    [
        .. groups.OrderByDescending(g => g.Value.Served).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Value.Rate(g.Key, options, expected)),
    ];

    RateTally Of(string name)
    {
        if (!groups.TryGetValue(name, out var tally))
        {
            name = groups.Count < most ? name : Others;
            groups[name] = tally = groups.GetValueOrDefault(name) ?? new RateTally();
        }

        return tally;
    }
}
