using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Served;

/// <summary>Measures a model's <see cref="ExplorationCurve"/> on validation cases.</summary>
public static class ExplorationMeasure
{
    // So many scores are looked at for each temperature, but for cases enough for a figure.
    const long MaxLooks = 400_000_000;
    const int MinCases = 500;
    const int MaxCases = 10_000;

    /// <summary>The temperatures of a curve, from 1/8 to 4.</summary>
    public static IReadOnlyList<double> Temperatures { get; } = [.. UnservedLogSumExps.Temperatures.Where(temperature => temperature > 0)];

    /// <summary>Measures.</summary>
    /// <param name="scorer">The model, trained without the answers of the cases.</param>
    /// <param name="validation">The cases.</param>
    /// <param name="k">The slots that count.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The curve; <see cref="ExplorationCurve.Unknown"/> where the greedy slates answer nothing.</returns>
    public static ExplorationCurve Of(ISequenceScorer scorer, EvaluationCases validation, int k = 10, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ExplorationPolicy[] policies = [.. Temperatures.Select(temperature => new ExplorationPolicy { Temperature = temperature, Epsilon = 0 })];
        var cases = (int)Math.Clamp(MaxLooks / Math.Max(1, scorer.ItemCount), MinCases, MaxCases);
        var served = ServedRanking.Measure(scorer, validation, policies, k, cases, draws: 2, cancellation);
        if (served[0].GreedyNdcg.Sum() == 0)
        {
            return ExplorationCurve.Unknown;
        }

        ExplorationPoint[] points = [.. served.Select((found, i) => new ExplorationPoint(
            Temperatures[i], found.KeptNdcg, found.KeptHr, found.KeptNdcgLow, found.Found))];
        var best = points.MaxBy(point => point.Found / Math.Max(0.01, 1 - point.KeptLow))!;
        return new ExplorationCurve(best.Temperature, points, served[0].Ndcg.Length);
    }
}
