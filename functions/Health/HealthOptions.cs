using SasRec.Core;

namespace SasRec.Functions.Health;

/// <summary>How health is looked at: section <c>Health</c> of the settings.</summary>
public sealed record HealthOptions
{
    /// <summary>How long each check may take, 0.1 s to 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an answer is given again before the checks are made anew, 0 to 60 s: anybody may ask, and asking costs.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public HealthOptions Validated()
    {
        OptionRange.Require("Health__Patience", Patience, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30));
        OptionRange.Require("Health__KeepFor", KeepFor, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        return this;
    }
}
