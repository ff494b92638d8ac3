using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace SasRec.Core.Options;

/// <summary>The section of the settings that a record of options is read from.</summary>
/// <param name="name">"Serve": its setting <c>Serve__K</c> is the property K.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SectionAttribute(string name) : Attribute
{
    /// <summary>The section's name.</summary>
    public string Name => name;

    /// <summary>Whether the section holds one record for each name: <c>Placements__home__Epsilon</c>.</summary>
    public bool Named { get; init; }
}

/// <summary>A name that the setting had before; it is still accepted.</summary>
/// <param name="name">The former name of the property.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FormerNameAttribute(string name) : Attribute
{
    /// <summary>The former name of the property.</summary>
    public string Name => name;
}

/// <summary>A property that is not a setting of the record's section, but is set from elsewhere.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotInSectionAttribute : Attribute;

/// <summary>Which values a setting may have. A property with several rules must satisfy all of them; null satisfies every rule.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public abstract class OptionRuleAttribute : Attribute
{
    /// <summary>Whether a value is allowed.</summary>
    /// <param name="value">The value of the property.</param>
    /// <param name="options">The record that has the property.</param>
    public abstract bool Allows(object value, object options);

    /// <summary>The allowed values in words, which complete "must be ...".</summary>
    /// <param name="options">The record that has the property; null to name other settings in place of their values.</param>
    public abstract string Text(object? options);
}

/// <summary>A range that includes its ends.</summary>
/// <param name="min">A number, the text of a time span, or the name of another property of the record.</param>
/// <param name="max">The same.</param>
public sealed class RangeAttribute(object min, object max) : OptionRuleAttribute
{
    /// <inheritdoc />
    public override bool Allows(object value, object options)
    {
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(options);

        // NaN compares below everything, so this refuses it too.
        var found = (IComparable)value;
        return found.CompareTo(Bound(min, value.GetType(), options)) >= 0 && found.CompareTo(Bound(max, value.GetType(), options)) <= 0;
    }

    /// <inheritdoc />
    public override string Text(object? options) => $"{Text(min, options)} to {Text(max, options)}";

    static object Bound(object bound, Type type, object options) =>
        Other(bound, options) is { } other ? other.GetValue(options)!
        : bound is string text ? OptionText.Parse(text, type)
        : Convert.ChangeType(bound, type, CultureInfo.InvariantCulture);

    static string Text(object bound, object? options) =>
        bound is int or long ? string.Create(CultureInfo.InvariantCulture, $"{bound:N0}")
        : bound is not string text ? OptionText.Of(bound)
        : OptionText.IsTimeSpan(text) ? OptionText.Of(OptionText.Parse(text, typeof(TimeSpan)))
        : options is null ? text
        : Text(Other(bound, options)!.GetValue(options)!, options);

    static PropertyInfo? Other(object bound, object options) => bound is string name ? options.GetType().GetProperty(name) : null;
}

/// <summary>One of a few texts.</summary>
/// <param name="values">The texts.</param>
public sealed class OneOfAttribute(params string[] values) : OptionRuleAttribute
{
    /// <inheritdoc />
    public override bool Allows(object value, object options) => values.Contains(value);

    /// <inheritdoc />
    public override string Text(object? options) => $"one of {string.Join(", ", values)}";
}

/// <summary>A text that matches a pattern, or is empty.</summary>
/// <param name="pattern">A regular expression.</param>
/// <param name="words">What it demands, in words.</param>
public sealed class PatternAttribute(string pattern, string words) : OptionRuleAttribute
{
    /// <inheritdoc />
    public override bool Allows(object value, object options) =>
        value is string text && (text.Length == 0 || Regex.IsMatch(text, pattern, RegexOptions.NonBacktracking));

    /// <inheritdoc />
    public override string Text(object? options) => words;
}
