using System.Globalization;
using System.Text;

namespace Azure.Data.Tables.Wire;

/// <summary>Writes OData filters with their values quoted, so that no value can be taken for syntax.</summary>
static class QueryFilter
{
    /// <exception cref="ArgumentException">A value is of a type that a filter cannot hold.</exception>
    public static string Create(FormattableString filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var literals = Array.ConvertAll(filter.GetArguments(), Literal);
        return string.Format(CultureInfo.InvariantCulture, filter.Format, literals);
    }

    /// <summary>A text with its quotes doubled.</summary>
    public static string Escape(string text) => text.Replace("'", "''", StringComparison.Ordinal);

    static string Literal(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        long or ulong => FormattableString.Invariant($"{value}L"),
        sbyte or byte or short or ushort or int or uint or float or double or decimal => FormattableString.Invariant($"{value}"),
        Guid guid => $"guid'{guid}'",
        DateTimeOffset moment => Date(moment.UtcDateTime),
        DateTime moment => Date(moment.ToUniversalTime()),
        byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
        BinaryData bytes => $"X'{Convert.ToHexString(bytes)}'",
        string or char or StringBuilder => $"'{Escape(value.ToString()!)}'",
        _ => throw new ArgumentException($"A value of type {value.GetType()} cannot stand in a filter.", nameof(value)),
    };

    static string Date(DateTime utc) => $"datetime'{utc.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture)}'";
}
