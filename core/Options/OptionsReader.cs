using System.Reflection;

namespace SasRec.Core.Options;

/// <summary>Reads records of options from settings and checks every value.</summary>
/// <remarks>
/// The record says everything once: its <see cref="SectionAttribute"/> and property names make the setting names, its initial values are
/// the defaults, and its <see cref="OptionRuleAttribute"/>s are the ranges. A setting that is empty counts as not set.
/// </remarks>
public static class OptionsReader
{
    /// <summary>Reads the record's section.</summary>
    /// <param name="settings">Every setting there is, by name; ':' or '__' divides a name. Other sections are ignored.</param>
    /// <exception cref="ArgumentException">A setting of the section is unknown, not of its kind or not allowed; the message names every such setting with its value and what is allowed.</exception>
    public static T Read<T>(IEnumerable<KeyValuePair<string, string?>> settings)
        where T : class, new()
    {
        var reading = new Reading(settings, SectionOf(typeof(T)).Name);
        var options = reading.Read(typeof(T), "");
        reading.Finish(typeof(T));
        return (T)options;
    }

    /// <summary>Reads a section that holds one record for each name.</summary>
    /// <param name="settings">Every setting there is, by name; ':' or '__' divides a name. Other sections are ignored.</param>
    /// <returns>The records by name, whose case does not count.</returns>
    /// <exception cref="ArgumentException">A setting of the section is unknown, not of its kind or not allowed; the message names every such setting with its value and what is allowed.</exception>
    public static IReadOnlyDictionary<string, T> ReadNamed<T>(IEnumerable<KeyValuePair<string, string?>> settings)
        where T : class, new()
    {
        var reading = new Reading(settings, SectionOf(typeof(T)).Name);
        var named = reading.Names().ToDictionary(name => name, name => (T)reading.Read(typeof(T), name + "__"), StringComparer.OrdinalIgnoreCase);
        reading.Finish(typeof(T));
        return named;
    }

    /// <summary>Every setting of a record.</summary>
    /// <param name="type">A record with a <see cref="SectionAttribute"/>.</param>
    public static IReadOnlyList<OptionDescription> Describe(Type type)
    {
        var section = SectionOf(type);
        return [.. Describe(type, Activator.CreateInstance(type)!, section.Name + (section.Named ? "__{name}__" : "__"))];
    }

    internal static Type Plain(PropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    internal static bool IsNested(PropertyInfo property) => Plain(property) is { IsClass: true } type && type != typeof(string);

    internal static IEnumerable<PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite && !property.IsDefined(typeof(NotInSectionAttribute)));

    static SectionAttribute SectionOf(Type type) =>
        type.GetCustomAttribute<SectionAttribute>() ?? throw new InvalidOperationException($"{type.Name} has no section of the settings.");

    static IEnumerable<OptionDescription> Describe(Type type, object defaults, string prefix)
    {
        foreach (var property in PropertiesOf(type))
        {
            var former = property.GetCustomAttribute<FormerNameAttribute>() is { } old ? prefix + old.Name : null;
            if (!IsNested(property))
            {
                yield return new OptionDescription(prefix + property.Name, property, property.GetValue(defaults), former);
                continue;
            }

            var nested = property.GetValue(defaults);
            foreach (var inner in Describe(Plain(property), nested ?? Activator.CreateInstance(Plain(property))!, $"{prefix}{property.Name}__"))
            {
                yield return inner with
                {
                    Default = nested is null ? null : inner.Default,
                    FormerName = former is null ? inner.FormerName : $"{former}__{inner.Property.Name}",
                };
            }
        }
    }

    /// <summary>One section being read.</summary>
    sealed class Reading
    {
        readonly string section;
        readonly Dictionary<string, string> found = new(StringComparer.OrdinalIgnoreCase); // what is left to be read, by name below the section
        readonly List<string> problems = [];

        public Reading(IEnumerable<KeyValuePair<string, string?>> settings, string section)
        {
            ArgumentNullException.ThrowIfNull(settings);
            this.section = section;
            foreach (var (key, value) in settings)
            {
                var name = key.Replace(":", "__", StringComparison.Ordinal);
                if (!string.IsNullOrEmpty(value) && name.StartsWith(section + "__", StringComparison.OrdinalIgnoreCase))
                {
                    found[name[(section.Length + 2)..]] = value;
                }
            }
        }

        public string[] Names() => [.. found.Keys.Select(key => key.Split("__")[0]).Distinct(StringComparer.OrdinalIgnoreCase)];

        public object Read(Type type, string prefix)
        {
            var options = Activator.CreateInstance(type)!;
            var given = new List<PropertyInfo>();
            foreach (var property in PropertiesOf(type))
            {
                if (property.GetCustomAttribute<FormerNameAttribute>() is { } former)
                {
                    Rename(prefix + former.Name, prefix + property.Name, IsNested(property));
                }

                if (IsNested(property))
                {
                    if (found.Keys.Any(key => key.StartsWith($"{prefix}{property.Name}__", StringComparison.OrdinalIgnoreCase)))
                    {
                        property.SetValue(options, Read(Plain(property), $"{prefix}{property.Name}__"));
                    }
                }
                else if (found.Remove(prefix + property.Name, out var text))
                {
                    Set(options, property, prefix, text);
                }
            }

            foreach (var property in PropertiesOf(type).Where(property => !IsNested(property)))
            {
                Check(options, property, prefix);
            }

            return options;
        }

        /// <summary>Reports what nothing has read, and throws if there is any problem.</summary>
        public void Finish(Type type)
        {
            if (found.Count > 0)
            {
                var known = string.Join(", ", Describe(type).Select(option => option.Setting));
                problems.AddRange(found.Select(unknown =>
                    $"{section}__{unknown.Key} is unknown. Found: {unknown.Value}. The settings of this section are {known}."));
            }

            if (problems.Count > 0)
            {
                throw new ArgumentException(string.Join(Environment.NewLine, problems));
            }
        }

        void Rename(string former, string name, bool nested)
        {
            foreach (var key in found.Keys.Where(key => nested
                ? key.StartsWith(former + "__", StringComparison.OrdinalIgnoreCase)
                : key.Equals(former, StringComparison.OrdinalIgnoreCase)).ToArray())
            {
                var current = name + key[former.Length..];
                if (!found.TryAdd(current, found[key]))
                {
                    problems.Add($"{section}__{key} is the former name of {section}__{current}; set one of them. Found: {found[key]} and {found[current]}.");
                }

                found.Remove(key);
            }
        }

        void Set(object options, PropertyInfo property, string prefix, string text)
        {
            try
            {
                property.SetValue(options, OptionText.Parse(text, Plain(property)));
            }
            catch (FormatException)
            {
                problems.Add($"{section}__{prefix}{property.Name} must be {OptionText.Kind(Plain(property))}. Found: {text}.");
            }
        }

        void Check(object options, PropertyInfo property, string prefix)
        {
            if (property.GetValue(options) is not { } value)
            {
                return;
            }

            foreach (var rule in property.GetCustomAttributes<OptionRuleAttribute>().Where(rule => !rule.Allows(value, options)))
            {
                problems.Add($"{section}__{prefix}{property.Name} must be {rule.Text(options)}. Found: {OptionText.Of(value)}.");
            }
        }
    }
}

/// <summary>One setting of a record of options.</summary>
/// <param name="Setting">The full name, such as "Serve__K".</param>
/// <param name="Property">The property of the record.</param>
/// <param name="Default">The value where it is not set; null for none.</param>
/// <param name="FormerName">The full former name; null for none.</param>
public sealed record OptionDescription(string Setting, PropertyInfo Property, object? Default, string? FormerName)
{
    /// <summary>The kind and the allowed values, in words.</summary>
    public string Allowed
    {
        get
        {
            var rules = Property.GetCustomAttributes<OptionRuleAttribute>().Select(rule => rule.Text(null)).ToArray();
            return rules.Length > 0 ? string.Join("; ", rules) : OptionText.Kind(OptionsReader.Plain(Property));
        }
    }
}
