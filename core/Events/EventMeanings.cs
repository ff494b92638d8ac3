using System.Collections.Concurrent;

namespace SasRec.Core.Events;

/// <summary>What an event says about its user and its item.</summary>
public enum Feedback
{
    /// <summary>Nothing.</summary>
    Ignored,

    /// <summary>The user wanted the item.</summary>
    Positive,

    /// <summary>The user turned the item down.</summary>
    Negative,
}

/// <summary>What one event means.</summary>
/// <param name="Feedback">What it says.</param>
/// <param name="Weight">How much it counts where training predicts it; 1 unless <see cref="EventOptions.Weights"/> says otherwise.</param>
public readonly record struct EventMeaning(Feedback Feedback, float Weight = 1)
{
    /// <summary>An action that counts 1.</summary>
    public static EventMeaning Action { get; } = new(Feedback.Positive);
}

/// <summary>The meaning of every event by <see cref="EventOptions"/>: the one place that decides it.</summary>
/// <remarks>
/// A type that is negative is never anything else; then what is ignored, then the minimum of the value, then the weight. Of several events of
/// one user with one item the newest decides: a purchase that was returned is none, and a dislike that a purchase follows is none either.
/// </remarks>
public sealed class EventMeanings
{
    // As many spellings are remembered; types are few, and what a client makes up must not fill the memory.
    const int MaxRemembered = 10_000;

    readonly IReadOnlyDictionary<string, double?> negative, ignored, atLeast, weights;
    readonly ConcurrentDictionary<string, TypeMeaning> ofType = new(StringComparer.Ordinal);

    /// <summary>The meanings that options set.</summary>
    /// <exception cref="ArgumentException">An option is not allowed; the message names it, its value and what is allowed.</exception>
    public EventMeanings(EventOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Core.Options.OptionRules.Check(options);
        EventTypeList.TryParse(options.Negative, Limit.Max, out negative);
        EventTypeList.TryParse(options.Ignored, Limit.None, out ignored);
        EventTypeList.TryParse(options.AtLeast, Limit.Min, out atLeast);
        EventTypeList.TryParse(options.Weights, Limit.Weight, out weights);
    }

    /// <summary>The meanings without any setting.</summary>
    public static EventMeanings Default { get; } = new(new EventOptions());

    /// <summary>What an event means.</summary>
    /// <param name="type">What was done.</param>
    /// <param name="value">A rating, a dwell time; null where the event has none.</param>
    public EventMeaning Of(string type, double? value)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!ofType.TryGetValue(type, out var known))
        {
            known = Find(EventTypeList.PlainName(type));
            if (ofType.Count < MaxRemembered)
            {
                ofType[type] = known;
            }
        }

        return known.IsNegative && (known.Max is not { } most || value <= most) ? new EventMeaning(Feedback.Negative)
            : known.IsIgnored || (known.Min is { } least && !(value >= least)) ? new EventMeaning(Feedback.Ignored)
            : new EventMeaning(Feedback.Positive, known.Weight);
    }

    /// <summary>What an interaction means.</summary>
    public EventMeaning Of(Interaction interaction)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        return Of(interaction.Type, interaction.Value);
    }

    /// <summary>A user's events as what they wanted and what they turned down.</summary>
    /// <param name="newest">The events, newest first.</param>
    public UserTaste TasteOf(IReadOnlyList<UserAction> newest)
    {
        ArgumentNullException.ThrowIfNull(newest);
        var (actions, disliked, decided) = (new List<string>(newest.Count), new List<string>(), new Dictionary<string, bool>(StringComparer.Ordinal));
        foreach (var action in newest)
        {
            var feedback = Of(action.Type, action.Value).Feedback;
            if (feedback == Feedback.Ignored)
            {
                continue;
            }

            // The newest word on an item stands, so all that is older only counts if it says the same.
            if (decided.TryAdd(action.ItemId, feedback == Feedback.Positive) && feedback == Feedback.Negative)
            {
                disliked.Add(action.ItemId);
            }

            if (feedback == Feedback.Positive && decided[action.ItemId])
            {
                actions.Add(action.ItemId);
            }
        }

        actions.Reverse();
        return new UserTaste(actions, disliked);
    }

    TypeMeaning Find(string plain) => new(
        negative.TryGetValue(plain, out var most),
        most,
        ignored.ContainsKey(plain),
        atLeast.GetValueOrDefault(plain),
        (float)(weights.GetValueOrDefault(plain) ?? 1));

    /// <summary>What the settings say of one type.</summary>
    readonly record struct TypeMeaning(bool IsNegative, double? Max, bool IsIgnored, double? Min, float Weight);
}

/// <summary>What a user's events say of their taste.</summary>
/// <param name="Actions">The items of their actions, oldest first, repeats included: the history that a network sees.</param>
/// <param name="Disliked">The items that they turned down and have not taken up since, newest first, each once.</param>
public sealed record UserTaste(IReadOnlyList<string> Actions, IReadOnlyList<string> Disliked);
