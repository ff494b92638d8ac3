using System.Reflection;

namespace SasRec.Core.Options;

/// <summary>Checks a record of options by the rules on its properties.</summary>
public static class OptionRules
{
    /// <summary>Checks every property.</summary>
    /// <param name="options">The record.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is not allowed; the message names the property, the value and what is allowed.
    /// </exception>
    public static void Check(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var property in options.GetType().GetProperties())
        {
            if (property.GetValue(options) is { } value && Refusal(property, value, options) is { } allowed)
            {
                throw new ArgumentOutOfRangeException(property.Name, value, $"{property.Name} must be {allowed}.");
            }
        }
    }

    /// <summary>What is allowed, in words, where a value is not; null where it is.</summary>
    /// <param name="property">The property.</param>
    /// <param name="value">Its value.</param>
    /// <param name="options">The record that has it.</param>
    public static string? Refusal(PropertyInfo property, object value, object options)
    {
        ArgumentNullException.ThrowIfNull(property);
        ArgumentNullException.ThrowIfNull(value);
        return value is Enum && !Enum.IsDefined(value.GetType(), value) ? $"one of {string.Join(", ", Enum.GetNames(value.GetType()))}"
            : property.GetCustomAttributes<OptionRuleAttribute>().FirstOrDefault(rule => !rule.Allows(value, options))?.Text(options);
    }
}
