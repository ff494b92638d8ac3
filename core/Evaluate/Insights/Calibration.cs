using System.Text.Json.Serialization;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>Whether a recommender's scores, mapped to probabilities on older slates, mean on newer ones what they say.</summary>
/// <param name="Recommender">The recommender of the slates.</param>
/// <param name="Slope">a of P(interacted | served) = 1 / (1 + exp(-(a score + b))) (Platt 1999).</param>
/// <param name="Intercept">b.</param>
/// <param name="LearnedFrom">How many older slots the map was fitted on.</param>
/// <param name="TestedOn">How many newer slots it is held against.</param>
/// <param name="SplitAt">The moment between them; null where there is none.</param>
/// <param name="Bins">Predicted beside observed on the newer slots, by ascending prediction.</param>
/// <param name="ExpectedError">Σ share of the bin × |predicted - observed|.</param>
/// <param name="Brier">Mean squared difference between prediction and outcome.</param>
/// <param name="BaseBrier">The same of predicting the older slots' mean rate for every slot; a score worth anything is below it.</param>
/// <param name="Enough">Whether there was enough to fit and to test.</param>
/// <param name="Reason">Why not; null where there was.</param>
public sealed record Calibration(
    [property: JsonPropertyName("source")] string Recommender,
    double? Slope,
    double? Intercept,
    long LearnedFrom,
    long TestedOn,
    DateTimeOffset? SplitAt,
    IReadOnlyList<CalibrationBin> Bins,
    double? ExpectedError,
    double? Brier,
    double? BaseBrier,
    bool Enough,
    string? Reason);

/// <summary>One bin of a reliability table.</summary>
/// <param name="Count">How many slots.</param>
/// <param name="Predicted">Their mean prediction.</param>
/// <param name="Observed">The share that was acted on.</param>
/// <param name="Low">The lower end of the interval of that share.</param>
/// <param name="High">Its upper end; a calibrated bin has <paramref name="Predicted"/> inside.</param>
public sealed record CalibrationBin(long Count, double Predicted, double Observed, double Low, double High);
