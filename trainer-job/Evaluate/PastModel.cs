using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Evaluate;

/// <summary>A model of what came before a moment, to be asked what users did from then on.</summary>
/// <remarks>Most last actions lie in the past, where the demand of today says nothing: leave-one-out asks neither what the prior is worth nor
/// whether a model beats what is popular now. This does.</remarks>
/// <param name="network">Trained on what came before the moment.</param>
/// <param name="neighbours">Counts of the same; null for none.</param>
/// <param name="known">What came before the moment.</param>
/// <param name="asked">What users did from then on.</param>
/// <param name="threads">0 for one a core.</param>
sealed class PastModel(SasRecWeights network, ItemNeighbours? neighbours, SequenceDataset known, EvaluationCases asked, int threads)
{
    /// <summary>The share of the actions that comes after the moment.</summary>
    public const double LaterShare = 0.1;

    /// <summary>The weight of the popularity prior, and the share of the counts' weights, that rank best.</summary>
    /// <param name="k">NDCG@k decides.</param>
    /// <param name="onProgress">Told, now and then, how many users were newly asked.</param>
    /// <param name="cancellation">Stops the choice.</param>
    public PriorChoice ChoosePrior(int k, Action<int> onProgress, CancellationToken cancellation) =>
        ItemPrior.Choose(network, neighbours, known, asked, k, threads, onProgress, cancellation);

    /// <summary>How many users are asked.</summary>
    public int Cases => asked.Count;

    /// <summary>What a first model is judged by: the model as it would serve, and the baselines, on what users did next.</summary>
    /// <param name="evaluation">Measures.</param>
    /// <param name="prior">The weight of the popularity prior; each half of the cases is asked with the weight that the other half chose.</param>
    /// <param name="curve">What exploring costs the model.</param>
    /// <param name="cancellation">Stops the measurement.</param>
    public GateEvidence Evidence(
        ModelEvaluation evaluation, PriorChoice prior, ExplorationCurve curve, CancellationToken cancellation)
    {
        var policy = curve.Policy(ExplorationCurve.DefaultExploration);
        var byPoint = prior.ByOthers.Distinct().ToDictionary(point => point, point =>
        {
            using var scorer = new ModelScorer(
                ItemPrior.On(network, known, point.Strength), threads, neighbours?.With(neighbours.Strengths.Times(point.NeighbourShare)));
            return evaluation.AsServed(new TrainedItemsScorer(scorer, known), policy, asked, cancellation);
        });
        return new GateEvidence(
            FormattableString.Invariant($"what {asked.Count:N0} users did next when the last tenth of the actions began"),
            [.. Enumerable.Range(0, asked.Count).Select(place => byPoint[prior.ByOthers[place % 2]][place])],
            evaluation.BaselinesAsServed(known, asked, cancellation));
    }
}
