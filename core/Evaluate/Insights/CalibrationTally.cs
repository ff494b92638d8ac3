using System.Globalization;
using SasRec.Core.Evaluate.Calibration;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>Learns what scores mean from older slates of a recommender and holds it against the newer ones.</summary>
sealed class CalibrationTally
{
    const double LearnedShare = 0.7;
    const int MaxRecommenders = 20;

    readonly Dictionary<string, ScoreHistogram> recommenders = new(StringComparer.Ordinal);

    public void Add(SlateOutcome outcome)
    {
        var impression = outcome.Impression;
        if (Of(impression.Recommender) is not { } histogram)
        {
            return;
        }

        for (var slot = 0; slot < impression.Items.Count; slot++)
        {
            if (impression.Items[slot].Score is { } score)
            {
                histogram.Add(impression.ServedAt, score, outcome.Interacted[slot]);
            }
        }
    }

    public void Add(CalibrationTally other)
    {
        foreach (var (recommender, histogram) in other.recommenders)
        {
            Of(recommender)?.Add(histogram);
        }
    }

    public IReadOnlyList<Insights.Calibration> Calibrations(LedgerOptions options) =>
        [.. recommenders.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => Calibrate(s.Key, s.Value, options))];

    static Insights.Calibration Calibrate(string recommender, ScoreHistogram histogram, LedgerOptions options)
    {
        var (older, newer, splitAt) = histogram.Split(LearnedShare);
        var (learned, hits, tested) = (older.Sum(b => b.Count), older.Sum(b => b.Hits), newer.Sum(b => b.Count));
        var reason = splitAt is null ? "not enough support: all slates are of one moment, so there is nothing newer to test on"
            : Math.Min(hits, learned - hits) < options.MinEffectiveSampleSize
                ? Text($"not enough support: {hits:N0} of the {learned:N0} older slots were acted on, {options.MinEffectiveSampleSize:N0} are needed")
            : tested < options.MinEffectiveSampleSize
                ? Text($"not enough support: there are {tested} newer slots to test on, {options.MinEffectiveSampleSize:f0} are needed")
            : null;
        if (tested == 0 || hits == 0 || hits == learned)
        {
            return new Insights.Calibration(recommender, null, null, learned, tested, splitAt, [], null, null, null, false, reason);
        }

        var map = ScoreMap.Fit(older);
        var table = ReliabilityTable.OfCounts([.. newer.Select(b => (map.Probability(b.Score), b.Count, b.Hits))], confidence: options.Confidence);
        var rate = hits / (double)learned;
        var baseline = newer.Sum(b => (b.Hits * (1 - rate) * (1 - rate)) + ((b.Count - b.Hits) * rate * rate)) / tested;
        return new Insights.Calibration(
            recommender,
            map.Slope,
            map.Intercept,
            learned,
            tested,
            splitAt,
            [.. table.Bins.Select(b => new CalibrationBin(b.Count, b.Predicted, b.Observed, b.Low, b.High))],
            table.ExpectedError,
            table.Brier,
            baseline,
            reason is null,
            reason);
    }

    ScoreHistogram? Of(string recommender) =>
        recommenders.TryGetValue(recommender, out var histogram) ? histogram
        : recommenders.Count < MaxRecommenders ? recommenders[recommender] = new ScoreHistogram()
        : null;

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
