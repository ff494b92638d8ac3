namespace SasRec.Core.Options;

/// <summary>The option of the trainer's command line that sets a property.</summary>
/// <param name="name">"--batch-size".</param>
/// <param name="description">What it sets, as help and reference say it; the range and the default are added.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CommandLineAttribute(string name, string description) : Attribute
{
    /// <summary>The option's name.</summary>
    public string Name => name;

    /// <summary>What it sets.</summary>
    public string Description => description;

    /// <summary>A name that the option had before; it is still accepted. Null for none.</summary>
    public string? FormerName { get; init; }

    /// <summary>Whether the default depends on the data.</summary>
    public bool FitsData { get; init; }
}
