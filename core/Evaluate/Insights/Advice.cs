namespace SasRec.Core.Evaluate.Insights;

/// <summary>What each way of exploring would cost in reward, and what it would buy in knowledge.</summary>
/// <param name="Slates">How many logged slates it is worked out from.</param>
/// <param name="Reward">Interactions a slate, as it was served.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="ChallengerShift">
/// How different the model to be evaluated next is assumed to be: the standard deviation by which its scores differ, in units of score.
/// </param>
/// <param name="Settings">The grid, by temperature, then epsilon.</param>
/// <param name="Recommended">The setting to use; null where the ledger does not support advice.</param>
/// <param name="Reason">Why, in one sentence.</param>
public sealed record Advice(
    int Slates,
    double? Reward,
    double? Low,
    double? High,
    double? ChallengerShift,
    IReadOnlyList<AdvisedSetting> Settings,
    RecommendedSetting? Recommended,
    string Reason);

/// <summary>One setting of the grid.</summary>
/// <param name="Temperature">T of the Plackett-Luce draw; 0 is greedy.</param>
/// <param name="Epsilon">The uniform share of each slot.</param>
/// <param name="Estimator">"snips" or "reward-interaction", the first that has support; null where none has.</param>
/// <param name="Reward">Interactions a slate to expect.</param>
/// <param name="Low">The lower end of its interval.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Change">The difference to what was served, paired slate by slate; a cost is negative.</param>
/// <param name="ChangeLow">The lower end of its interval.</param>
/// <param name="ChangeHigh">Its upper end.</param>
/// <param name="EffectiveSampleSize">How many slates the estimate is worth.</param>
/// <param name="NextEffectiveSlates">
/// How many of the next 1,000 slates served so an evaluation of a different model would be worth (see <see cref="Advice.ChallengerShift"/>).
/// </param>
/// <param name="NextHalfWidth">Half the width of that evaluation's interval, in interactions a slate.</param>
/// <param name="Enough">Whether the reward may be believed.</param>
/// <param name="Reason">Why not; null where it may.</param>
public sealed record AdvisedSetting(
    double Temperature,
    double Epsilon,
    string? Estimator,
    double? Reward,
    double? Low,
    double? High,
    double? Change,
    double? ChangeLow,
    double? ChangeHigh,
    double EffectiveSampleSize,
    double NextEffectiveSlates,
    double? NextHalfWidth,
    bool Enough,
    string? Reason);

/// <summary>The setting to explore with.</summary>
/// <param name="Temperature">T of the Plackett-Luce draw.</param>
/// <param name="Epsilon">The uniform share of each slot.</param>
public sealed record RecommendedSetting(double Temperature, double Epsilon);
