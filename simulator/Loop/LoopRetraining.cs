using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Simulator.Loop;

/// <summary>Trains a challenger, asks the product's gate, and lets it serve or keeps what serves: what a scheduled run does.</summary>
/// <param name="train">Makes a model of histories and a seed, over the same item vocabulary.</param>
/// <param name="gate">The gate's options.</param>
/// <param name="seed">The seed of every training.</param>
/// <param name="priced">Whether what exploring costs each model is measured.</param>
sealed class LoopRetraining(Func<SequenceDataset, ulong, ISequenceScorer> train, GateOptions gate, ulong seed, bool priced = false) : IDisposable
{
    static readonly RankingOptions Ranking = new() { SampledNegatives = 0 };

    ISequenceScorer? champion;
    ModelItems? own;
    long newest;
    int round;

    /// <summary>The round whose model serves; 0 while none does.</summary>
    public int Version { get; private set; }

    /// <summary>What exploring costs the model that serves.</summary>
    public ExplorationCurve Curve { get; private set; } = ExplorationCurve.Unknown;

    /// <summary>One scheduled run.</summary>
    /// <returns>The gate's decision.</returns>
    public GateDecision Retrain(InteractionDataset data)
    {
        round++;
        var split = LeaveOneOut.Of(data.Sequences);
        var strict = Measure(split.Train, split.Test, out var curve, priced ? split.Validation : null);
        var decision = PromotionGate.Decide(champion is null ? First(strict, split) : Compare(data, split), gate);
        if (decision.Passed)
        {
            Dispose();
            (champion, own, Version) = (train(data.Sequences, seed), ModelItems.Of(data.Items, data.Sequences), round);
            Curve = curve ?? ExplorationCurve.Unknown;
            newest = Enumerable.Range(0, data.Sequences.UserCount).Max(user => data.Sequences.Times(user)[^1]);
        }

        return decision;
    }

    /// <summary>What serves, over the world's items: the champion, or what is popular while there is none.</summary>
    /// <param name="items">The world's items.</param>
    /// <param name="counts">How often each was acted on.</param>
    public ISequenceScorer Serving(ItemVocabulary items, int[] counts) =>
        champion is null ? new LogPopularity(counts) : new RemappedScorer(champion, own!, items);

    public void Dispose() => (champion as IDisposable)?.Dispose();

    static GateEvidence First(RankingReport strict, LeaveOneOut split) =>
        new("each user's last action", strict.NdcgByCase, Baselines(split.Train, split.Test));

    /// <summary>On what users did on their own since the champion was trained, with a challenger that knows all before that, as the champion does.
    /// </summary>
    GateEvidence Compare(InteractionDataset data, LeaveOneOut split)
    {
        var fresh = split.Test.Where(i => split.Test.TargetTime(i) > newest && !split.Test.WasShown(i));
        if (fresh.Count < gate.MinUsers)
        {
            return GateEvidence.TooFew($"round {Version}", fresh.Count);
        }

        var theirs = RankingEvaluator.Evaluate(new RemappedScorer(champion!, own!, data.Items), fresh, Ranking).ImportanceWeighted(fresh);
        return new GateEvidence(
            "what users did since the model that serves was trained",
            Measure(split.Refit, fresh, out _).NdcgByCase,
            Baselines(split.Refit, fresh),
            new Incumbent($"round {Version}", theirs.NdcgByCase));
    }

    RankingReport Measure(SequenceDataset histories, EvaluationCases cases, out ExplorationCurve? curve, EvaluationCases? validation = null)
    {
        var model = train(histories, seed);
        curve = validation is null ? null : ExplorationMeasure.Of(new TrainedItemsScorer(model, histories), validation);
        var report = RankingEvaluator.Evaluate(new TrainedItemsScorer(model, histories), cases, Ranking).ImportanceWeighted(cases);
        (model as IDisposable)?.Dispose();
        return report;
    }

    static Dictionary<string, double[]> Baselines(SequenceDataset known, EvaluationCases cases)
    {
        return new()
        {
            [MetricNames.Popularity] = Ndcg(PopularityScorer.AllTime(known)),
            [MetricNames.RecentPopularity] = Ndcg(PopularityScorer.Recent(known, ModelItems.RecentSpan)),
        };

        double[] Ndcg(ISequenceScorer scorer) => RankingEvaluator.Evaluate(scorer, cases, Ranking).ImportanceWeighted(cases).NdcgByCase;
    }

    /// <summary>What the product shows those of whom it knows nothing: log(1 + interactions).</summary>
    sealed class LogPopularity(int[] counts) : ISequenceScorer
    {
        public int ItemCount => counts.Length;

        public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
        {
            for (var i = 0; i < scores.Length; i++)
            {
                var count = counts[i % counts.Length];
                scores.Span[i] = count == 0 ? float.NegativeInfinity : MathF.Log(1 + count);
            }
        }
    }
}
