using SasRec.Core.Options;

namespace SasRec.Core.Events;

/// <summary>What each type of event means: for a user's history, for training, for insights and for the response model alike.</summary>
/// <remarks>
/// Settings hold for what is already in the log too: events are stored as they were sent and read by the settings of the moment. Upper and
/// lower case, '-', '_', '.' and blanks in a type do not count: <c>remove_from_cart</c> is <c>removeFromCart</c>.
/// </remarks>
[Section("Events")]
public sealed record EventOptions
{
    /// <summary>Types by which a user turns an item down, with a limit of the value where wanted; none for no type. The item is no longer recommended to the user, and the event is neither an action to learn from nor a success of a slate.</summary>
    [EventTypes(Limit.Max)]
    public string Negative { get; init; } = "dislike, not-interested, hide, return, refund, remove-from-cart, rating<=1, review<=1";

    /// <summary>Types that are kept and mean nothing: no action, no success of a slate.</summary>
    [EventTypes(Limit.None)]
    public string Ignored { get; init; } = "";

    /// <summary>The minimum value of types that count only from there on, such as rating>=4, dwell>=30. Events of the type below it, or without a value, mean nothing.</summary>
    [EventTypes(Limit.Min)]
    public string AtLeast { get; init; } = "";

    /// <summary>How much types count where training predicts them, such as purchase=3, view=0.5; all others count 1.</summary>
    [EventTypes(Limit.Weight)]
    public string Weights { get; init; } = "";
}

/// <summary>What stands beside a type in a list of types.</summary>
enum Limit
{
    /// <summary>Nothing: <c>page-view</c>.</summary>
    None,

    /// <summary>Perhaps the maximum of the value: <c>rating&lt;=1</c>.</summary>
    Max,

    /// <summary>The minimum of the value: <c>rating&gt;=4</c>.</summary>
    Min,

    /// <summary>A weight, 0.001 to 1,000: <c>purchase=3</c>.</summary>
    Weight,
}

/// <summary>A list of types of events, divided by commas.</summary>
/// <param name="limit">What stands beside a type.</param>
sealed class EventTypesAttribute(Limit limit) : OptionRuleAttribute
{
    /// <inheritdoc/>
    public override bool Allows(object value, object options) => EventTypeList.TryParse((string)value, limit, out _);

    /// <inheritdoc/>
    public override string Text(object? options) => limit switch
    {
        Limit.None => "types divided by commas: page-view, open",
        Limit.Max => "types divided by commas, each once, perhaps with the maximum of the value: dislike, rating<=1; or none",
        Limit.Min => "types divided by commas, each once with the minimum of the value: rating>=4, dwell>=30",
        _ => "types divided by commas, each once with its weight, 0.001 to 1,000: purchase=3, view=0.5",
    };
}
