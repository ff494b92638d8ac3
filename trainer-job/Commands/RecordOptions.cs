using System.CommandLine;
using System.CommandLine.Parsing;
using System.Reflection;
using SasRec.Core.Options;

namespace SasRec.Trainer.Commands;

/// <summary>The options of the command line that set a record: one for each property with a <see cref="CommandLineAttribute"/>.</summary>
/// <typeparam name="T">The record; its initial values are the defaults.</typeparam>
sealed class RecordOptions<T>
    where T : class, new()
{
    static readonly T Defaults = new();
    static readonly MethodInfo Clone = typeof(T).GetMethod("<Clone>$")!;

    readonly Setter[] setters =
    [
        .. typeof(T).GetProperties()
            .Where(property => property.IsDefined(typeof(CommandLineAttribute)))
            .Select(property => (Setter)MakeMethod.MakeGenericMethod(property.PropertyType).Invoke(null, [property])!),
    ];

    static MethodInfo MakeMethod => typeof(RecordOptions<T>).GetMethod(nameof(Make), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>The option that sets a property.</summary>
    /// <param name="property">The property's name.</param>
    public Option this[string property] => setters.Single(setter => setter.Property == property).Option;

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public RecordOptions<T> AddTo(Command verb)
    {
        foreach (var setter in setters)
        {
            verb.Add(setter.Option);
        }

        return this;
    }

    /// <summary>The defaults with what the command line sets.</summary>
    /// <param name="parsed">The command line.</param>
    public T From(ParseResult parsed) => Apply(Defaults, parsed);

    /// <summary>A copy of a record with what the command line sets.</summary>
    /// <param name="record">The record.</param>
    /// <param name="parsed">The command line.</param>
    public T Apply(T record, ParseResult parsed)
    {
        var applied = (T)Clone.Invoke(record, null)!;
        foreach (var setter in setters.Where(setter => parsed.GetResult(setter.Option) is { Implicit: false }))
        {
            setter.Set(applied, parsed);
        }

        return applied;
    }

    static Setter Make<V>(PropertyInfo property)
    {
        var line = property.GetCustomAttribute<CommandLineAttribute>()!;
        string[] notes =
        [
            .. property.GetCustomAttributes<OptionRuleAttribute>().Select(rule => rule.Text(null)),
            .. line.FitsData ? ["the default fits the data"] : Array.Empty<string>(),
        ];
        var option = new Option<V>(line.Name, line.FormerName is { } former ? [former] : [])
        {
            Description = notes.Length > 0 ? $"{line.Description} ({string.Join("; ", notes)})." : $"{line.Description}.",
        };
        if (!line.FitsData && typeof(V) != typeof(bool))
        {
            option.DefaultValueFactory = _ => (V)property.GetValue(Defaults)!;
        }

        option.Validators.Add(given =>
        {
            if (!given.Implicit && ValueOf(given, option) is { } value && OptionRules.Refusal(property, value, Defaults) is { } must)
            {
                given.AddError($"{line.Name} must be {must}. Found: {OptionText.Of(value)}.");
            }
        });
        return new Setter(property.Name, option, (record, parsed) => property.SetValue(record, parsed.GetValue(option)));
    }

    /// <summary>The value that was given; none where the text is no value of its type, which the parser reports itself.</summary>
    static object? ValueOf<V>(OptionResult given, Option<V> option)
    {
        try
        {
            return given.GetValue(option);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    sealed record Setter(string Property, Option Option, Action<T, ParseResult> Set);
}
