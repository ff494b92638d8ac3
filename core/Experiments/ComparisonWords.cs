using System.Globalization;

namespace SasRec.Core.Experiments;

/// <summary>What an interval that holds at all times says of two ways of recommending, in plain words.</summary>
public static class ComparisonWords
{
    /// <summary>The words.</summary>
    /// <param name="name">What is compared.</param>
    /// <param name="control">With what.</param>
    /// <param name="found">The first less the second.</param>
    /// <param name="unit">Of what, such as "actions a user".</param>
    /// <param name="mean">Of the control, in that unit.</param>
    /// <param name="effect">The difference that matters, as a share of that mean.</param>
    public static string Of(string name, string control, ArmDifference found, string unit, double mean, double effect)
    {
        ArgumentNullException.ThrowIfNull(found);
        var relative = found.Relative is { } share ? string.Create(CultureInfo.InvariantCulture, $" ({share:+0.0%;-0.0%})") : "";
        var interval = string.Create(CultureInfo.InvariantCulture, $"[{found.Low:G3}, {found.High:G3}]");
        if (found.Better || found.Worse)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{name} is {(found.Better ? "better" : "worse")} than {control} by {Math.Abs(found.Value):G3} {unit}{relative}, {interval}.");
        }

        if (found.Low > -effect * mean && found.High < effect * mean)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{name} and {control} differ by less than {effect:0.#%}, {interval}.");
        }

        var more = found.MoreUsers switch
        {
            > 0 => string.Create(CultureInfo.InvariantCulture, $"about {found.MoreUsers:N0} more users are needed to find a difference of {effect:0.#%}"),
            0 => string.Create(CultureInfo.InvariantCulture, $"there are users enough to find a difference of {effect:0.#%} in four of five experiments"),
            _ => $"nobody in {control} has acted",
        };
        return $"No difference yet between {name} and {control}, {interval}: {more}.";
    }
}
