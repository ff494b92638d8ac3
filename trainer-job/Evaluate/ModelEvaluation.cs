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
    public Dictionary<string, RankingReport> Baselines(SequenceDataset train, EvaluationCases cases, CancellationToken cancellation)
    {
        var baselines = new Dictionary<string, RankingReport>
        {
            [MetricNames.Popularity] = RankingEvaluator.Evaluate(PopularityScorer.AllTime(train), cases, options, null, cancellation),
        };
        if (train.HasTimes)
        {
            Add(MetricNames.RecentPopularity, PopularityScorer.Recent(train, TimeSpan.FromDays(7)));
            Add(MetricNames.MonthPopularity, PopularityScorer.Recent(train, TimeSpan.FromDays(30)));
        }

        Add(MetricNames.Neighbours, new NeighbourScorer(NeighbourCounter.Count(train, NeighbourStrengths.Alone, cancellation)));

        return baselines;

        void Add(string name, ISequenceScorer scorer) =>
            baselines[name] = RankingEvaluator.Evaluate(scorer, cases, options, null, cancellation);
    }
}
