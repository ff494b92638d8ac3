using System.Globalization;

namespace SasRec.Core.Events;

/// <summary>A list of types of events as settings write it, each with the number beside it.</summary>
static class EventTypeList
{
    /// <summary>The word for an empty list, since an empty setting counts as not set.</summary>
    const string Nothing = "none";

    const double MinWeight = 0.001, MaxWeight = 1_000;

    /// <summary>Reads a list.</summary>
    /// <param name="text">The list.</param>
    /// <param name="limit">What stands beside a type.</param>
    /// <param name="types">By the type's plain name: the number beside it, null where there is none.</param>
    public static bool TryParse(string text, Limit limit, out IReadOnlyDictionary<string, double?> types)
    {
        var found = new Dictionary<string, double?>(StringComparer.Ordinal);
        types = found;
        if (text.Trim() == Nothing)
        {
            return true;
        }

        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var at = entry.AsSpan().IndexOfAny('<', '>', '=');
            var (name, beside) = at < 0 ? (entry, "") : (entry[..at], entry[at..]);
            if (PlainName(name) is not { Length: > 0 and <= Interaction.MaxLabelLength } plain
                || !TryReadNumber(beside, limit, out var number)
                || !found.TryAdd(plain, number))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A type without case and without what divides words, so that one thing has one name however clients spell it.</summary>
    public static string PlainName(string type) =>
        string.Concat(type.Where(c => c is not ('-' or '_' or '.' or ' '))).ToLowerInvariant();

    static bool TryReadNumber(string beside, Limit limit, out double? number)
    {
        number = null;
        var (sign, required) = limit switch
        {
            Limit.None => ("", false),
            Limit.Max => ("<=", false),
            Limit.Min => (">=", true),
            _ => ("=", true),
        };
        if (beside.Length == 0)
        {
            return !required;
        }

        if (sign.Length == 0 || !beside.StartsWith(sign, StringComparison.Ordinal)
            || !double.TryParse(beside.AsSpan(sign.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            || !double.IsFinite(value) || (limit == Limit.Weight && value is < MinWeight or > MaxWeight))
        {
            return false;
        }

        number = value;
        return true;
    }
}
