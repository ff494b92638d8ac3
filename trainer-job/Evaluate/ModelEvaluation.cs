using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Explore;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Evaluate;

/// <summary>Measures models and baselines by the same options.</summary>
/// <param name="terminal">Shows progress.</param>
/// <param name="options">How rankings are measured.</param>
sealed class ModelEvaluation(Terminal terminal, RankingOptions options)
{
    /// <summary>The span and title of a count of item pairs.</summary>
    public const string CountingPairs = "Counting item pairs";

    /// <summary>The cutoff that decides: models are chosen and compared by NDCG@K.</summary>
    public int K => options.Cutoffs[0];

    /// <summary>How rankings are measured.</summary>
    public RankingOptions Options => options;

    /// <summary>The metric by which training chooses the epoch: NDCG@K of at most <see cref="HoldOut.MaxValidationCases"/> cases.</summary>
    /// <param name="cases">Cases with one target each.</param>
    /// <param name="threads">0 for one a core.</param>
    public Func<SasRecWeights, double> Validation(EvaluationCases cases, int threads) =>
        ModelScorer.Validation(cases, K, HoldOut.MaxValidationCases, threads);

    /// <summary>Measures a network whose items are those of the cases.</summary>
    /// <param name="title">The title of the progress display.</param>
    /// <param name="weights">The network.</param>
    /// <param name="neighbours">What is added to its scores; null for nothing.</param>
    /// <param name="threads">0 for one a core.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public Task<RankingReport> MeasureAsync(
        string title, SasRecWeights weights, ItemNeighbours? neighbours, int threads, EvaluationCases cases,
        CancellationToken cancellation) =>
        terminal.MeterAsync(title, cases.Count, "users", meter => Task.Run(() =>
        {
            using var scorer = new ModelScorer(weights, threads, neighbours);
            return RankingEvaluator.Evaluate(scorer, cases, options, count => meter.Add(count), cancellation);
        }));

    /// <summary>How a model answers cases as it would serve: slates drawn by its policy, over the items that it was trained on.</summary>
    /// <param name="scorer">The model, with all that is added to its scores.</param>
    /// <param name="policy">Its policy.</param>
    /// <param name="cases">The cases, every one with a history.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    /// <returns>[cases]: NDCG@<see cref="K"/> of the first item that can be asked for, times the weight of the case.</returns>
    public double[] AsServed(ISequenceScorer scorer, ExplorationPolicy policy, EvaluationCases cases, CancellationToken cancellation)
    {
        var served = ServedRanking.Measure(scorer, cases, [policy], K, Math.Max(1, cases.Count), cancellation: cancellation)[0];
        return Weighted(served.Ndcg, cases);
    }

    /// <summary>Values of cases, each times the weight of its case.</summary>
    public static double[] Weighted(double[] values, EvaluationCases cases) =>
        cases.Weights() is { } weights ? [.. values.Zip(weights, (value, weight) => value * weight)] : values;

    /// <summary>The same of the baselines, were they served in the model's place: they would spend the same share of their value on exploration.
    /// </summary>
    /// <param name="known">What they count.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public Dictionary<string, double[]> BaselinesAsServed(SequenceDataset known, EvaluationCases cases, CancellationToken cancellation) =>
        Baselines(known, cancellation).ToDictionary(
            baseline => baseline.Name,
            baseline => Array.ConvertAll(
                AsServed(baseline.Scorer, ExplorationPolicy.Greedy, cases, cancellation),
                greedy => (1 - ExplorationCurve.DefaultExploration) * greedy));

    /// <summary>What exploring costs a network: measured on validation, told on the test.</summary>
    /// <param name="weights">The network, trained on neither.</param>
    /// <param name="neighbours">Counts of item pairs that add to its scores; null for none.</param>
    /// <param name="threads">0 for one a core.</param>
    /// <param name="split">The data.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public Task<(ExplorationCurve Curve, ServedRanking Served)> PriceAsync(
        SasRecWeights weights, ItemNeighbours? neighbours, int threads, LeaveOneOut split, CancellationToken cancellation) =>
        terminal.MeterAsync("Pricing exploration", 2, "steps", meter => Task.Run(() =>
        {
            using var scorer = new ModelScorer(weights, threads, neighbours);
            var curve = ExplorationMeasure.Of(scorer, split.Validation, K, cancellation);
            meter.Add(1);
            var policy = curve.Policy(ExplorationCurve.DefaultExploration);
            var served = ServedRanking.Measure(scorer, split.Test, [policy], K, cancellation: cancellation)[0];
            meter.Add(1);
            return (curve, served);
        }));

    /// <summary>The baselines: popularity of all time and, where there are times, of the last 7 and 30 days; and the counts of item
    /// pairs.</summary>
    /// <param name="train">The data whose actions are counted.</param>
    /// <param name="cases">The cases.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    /// <param name="counts">The counts of item pairs of the same data, where somebody has them.</param>
    public Task<Dictionary<string, RankingReport>> BaselinesAsync(
        SequenceDataset train, EvaluationCases cases, CancellationToken cancellation, ItemNeighbours? counts = null) =>
        terminal.MeterAsync("Measuring baselines", (train.HasTimes ? 4.0 : 2) * cases.Count, "users", meter => Task.Run(() =>
            Baselines(train, cancellation, counts).ToDictionary(
                baseline => baseline.Name,
                baseline => RankingEvaluator.Evaluate(baseline.Scorer, cases, options, count => meter.Add(count), cancellation))));

    /// <summary>Counts item pairs; what the counts add to a score is that of the baseline.</summary>
    /// <param name="known">What is counted.</param>
    /// <param name="cancellation">Stops the counting.</param>
    public Task<ItemNeighbours> CountPairsAsync(SequenceDataset known, CancellationToken cancellation) =>
        terminal.MeterAsync(CountingPairs, known.ItemCount, "items", meter => Task.Run(() =>
            NeighbourCounter.Count(known, NeighbourStrengths.Alone, count => meter.Add(count), cancellation)));

    static IEnumerable<(string Name, ISequenceScorer Scorer)> Baselines(
        SequenceDataset known, CancellationToken cancellation, ItemNeighbours? counts = null)
    {
        yield return (MetricNames.Popularity, PopularityScorer.AllTime(known));
        if (known.HasTimes)
        {
            yield return (MetricNames.RecentPopularity, PopularityScorer.Recent(known, TimeSpan.FromDays(7)));
            yield return (MetricNames.MonthPopularity, PopularityScorer.Recent(known, TimeSpan.FromDays(30)));
        }

        yield return (MetricNames.Neighbours, new NeighbourScorer(
            counts?.With(NeighbourStrengths.Alone) ?? NeighbourCounter.Count(known, NeighbourStrengths.Alone, cancellation: cancellation)));
    }
}
