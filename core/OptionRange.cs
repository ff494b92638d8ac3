using System.Globalization;

namespace SasRec.Core;

/// <summary>The check behind every option: an error that names the option, the value found and the range allowed.</summary>
public static class OptionRange
{
    /// <summary>Refuses a value outside a range, and NaN.</summary>
    /// <param name="name">The name under which the option is set.</param>
    /// <param name="value">What was found.</param>
    /// <param name="least">The least allowed.</param>
    /// <param name="most">The most allowed.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public static void Require<T>(string name, T value, T least, T most)
        where T : IComparable<T>
    {
        // NaN compares below everything, so this refuses it too.
        if (!(value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {Text(least)} to {Text(most)}.");
        }
    }

    static string Text<T>(T bound) => bound switch
    {
        int or long => string.Create(CultureInfo.InvariantCulture, $"{bound:N0}"),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{bound}",
    };
}
