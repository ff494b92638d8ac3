using System.ComponentModel;
using System.Globalization;

namespace SasRec.Core.Options;

/// <summary>How the values of options are written.</summary>
public static class OptionText
{
    /// <summary>The value as a setting would hold it.</summary>
    /// <param name="value">A number, time span, Boolean or text; null for no value.</param>
    public static string Of(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        TimeSpan span when span.Ticks % TimeSpan.TicksPerSecond != 0 => span.ToString("c", CultureInfo.InvariantCulture).TrimEnd('0'),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    /// <summary>Reads a setting's value.</summary>
    /// <param name="text">The value as it was set.</param>
    /// <param name="type">The property's type.</param>
    /// <exception cref="FormatException">The text is not of the type.</exception>
    public static object Parse(string text, Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text)!;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException or NotSupportedException)
        {
            throw new FormatException($"'{text}' is not {Kind(type)}.", e);
        }
    }

    /// <summary>What a type's values are called.</summary>
    public static string Kind(Type type) => type switch
    {
        _ when type == typeof(int) || type == typeof(long) => "an integer",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => "a time span, [days.]hh:mm:ss",
        _ => "a text",
    };

    internal static bool IsTimeSpan(string text) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _);
}
