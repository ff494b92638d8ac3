using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Explore;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Simulator.World;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;

namespace SasRec.Bench;

/// <summary>What is served beside what is greedy, on test actions of users on whom nothing was calibrated.</summary>
/// <param name="Data">The file.</param>
/// <param name="Exploration">The share of the greedy list's value that may be spent.</param>
/// <param name="Temperature">Of drawn slates, as the model's curve says.</param>
/// <param name="GreedyShare">The share of slates that are greedy.</param>
/// <param name="Cases">Test users.</param>
/// <param name="GreedyNdcg10">NDCG@10 of the greedy slate.</param>
/// <param name="GreedyHr10">HR@10 of the greedy slate.</param>
/// <param name="ServedNdcg10">NDCG@10 expected of the slate served.</param>
/// <param name="ServedHr10">HR@10 expected of the slate served.</param>
/// <param name="KeptNdcg">Served by greedy.</param>
/// <param name="KeptHr">Served by greedy.</param>
/// <param name="EvidencePer1000">How many slates of the other model 1,000 of these are worth for judging it, see
/// <see cref="PolicyEvidence"/>.</param>
/// <param name="Found">The share of users whose answer is served and is not in the greedy slate.</param>
/// <param name="Curve">As the manifest has it.</param>
sealed record ServedResult(
    string Data,
    double Exploration,
    double Temperature,
    double GreedyShare,
    int Cases,
    double GreedyNdcg10,
    double GreedyHr10,
    double ServedNdcg10,
    double ServedHr10,
    double KeptNdcg,
    double KeptHr,
    double EvidencePer1000,
    double Found,
    ExplorationCurve Curve);

/// <summary>Trains with the defaults, calibrates exploration on validation actions of every other user, and serves the others.</summary>
sealed class ServedBench : BenchVerb<ServedResult>
{
    readonly Option<string?> data = new("--data") { Description = "Lines 'user item', or CSV with a header; without it the sample world." };
    readonly Option<double> exploration = new("--exploration")
    {
        Description = "The share of the greedy list's value that may be spent, 0 to 1.",
        DefaultValueFactory = _ => ExplorationCurve.DefaultExploration,
    };

    readonly Option<int> threads = new("--threads") { Description = "0 for one a core." };

    public ServedBench()
        : base("served", "Greedy and served NDCG@10 and HR@10, and the evidence that the difference buys.")
    {
        Add(data);
        Add(exploration);
        Add(threads);
    }

    protected override ServedResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var path = parsed.GetValue(data);
        var split = LeaveOneOut.Of(path is null ? SampleWorldData() : Read(path));
        var (config, options) = TrainingOptions.For(split.Train);
        options = options with { Threads = parsed.GetValue(threads), Seed = 1 };
        var validate = ModelScorer.Validation(split.Validation, 10, HoldOut.MaxValidationCases, options.Threads);
        progress.WriteLine("training, strict");
        var strict = SasRecTrainer.Train(split.Train, config, options, validate, cancellationToken: cancellation);
        var (strengths, curve) = Calibrate(
            strict.Weights, split.Train, split.Validation.Where(i => split.Validation.Users[i] % 2 == 0), options.Threads, cancellation);

        progress.WriteLine("training, refit");
        var further = ModelFitter.Further(options, strict);
        var refit = SasRecTrainer.Train(split.Refit, config, further, initial: strict.Weights, cancellationToken: cancellation);
        progress.WriteLine("training, the other model");
        var exactly = options with { Epochs = strict.BestEpoch, Seed = 2 };
        var other = SasRecTrainer.Train(split.Refit, config, exactly, cancellationToken: cancellation);

        var neighbours = NeighbourCounter.Count(split.Refit, strengths, cancellation: cancellation);
        using var served = new ModelScorer(refit.Weights, options.Threads, neighbours);
        using var judged = new ModelScorer(other.Weights, options.Threads, neighbours);
        var policy = curve.Policy(parsed.GetValue(exploration));
        var test = split.Test.Where(i => split.Test.Users[i] % 2 == 1);
        var result = ServedRanking.Measure(served, test, [policy], maxCases: 200_000, draws: 4, cancellation: cancellation)[0];
        return new ServedResult(
            path is null ? "sample world" : Path.GetFileName(path),
            parsed.GetValue(exploration),
            policy.Temperature,
            policy.GreedyShare,
            result.Ndcg.Length,
            result.GreedyNdcg.Average(),
            result.GreedyHits.Average(),
            result.Ndcg.Average(),
            result.Hits.Average(),
            result.KeptNdcg,
            result.KeptHr,
            PolicyEvidence.Per1000(served, judged, test, policy),
            result.Found,
            curve);
    }

    protected override string Table(ServedResult r) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {r.Data}, exploration {r.Exploration:0.###}: temperature {r.Temperature:0.###}, {r.GreedyShare:p1} of the slates greedy, {r.Cases:n0} test users
                   NDCG@10   HR@10
          greedy   {r.GreedyNdcg10:0.0000}    {r.GreedyHr10:0.0000}
          served   {r.ServedNdcg10:0.0000}    {r.ServedHr10:0.0000}
          kept     {r.KeptNdcg:0.000}     {r.KeptHr:0.000}
        1,000 slates are worth {r.EvidencePer1000:0.0} for judging a different model; {r.Found:p2} of the users are served what they wanted only by exploring
        """);

    /// <summary>What the trainer chooses on validation: how much the counts of item pairs add, and what exploring costs.</summary>
    static (NeighbourStrengths Strengths, ExplorationCurve Curve) Calibrate(
        SasRecWeights network, SequenceDataset train, EvaluationCases cases, int threads, CancellationToken cancellation)
    {
        var counts = NeighbourCounter.Count(train, NeighbourStrengths.Alone, cancellation: cancellation);
        using var alone = new ModelScorer(network, threads);
        var strengths = NeighbourChoice.Choose(alone, counts, cases, MetricNames.K, HoldOut.MaxValidationCases, cancellation);
        using var scorer = new ModelScorer(network, threads, counts.With(strengths));
        return (strengths, ExplorationMeasure.Of(scorer, cases, cancellation: cancellation));
    }

    static SequenceDataset SampleWorldData()
    {
        var builder = new InteractionDatasetBuilder();
        foreach (var interaction in new SampleWorld(new SampleWorldOptions()).Interactions(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)))
        {
            builder.Add(interaction);
        }

        return builder.Build(new DatasetOptions()).Sequences;
    }
}

/// <summary>What slates of one model are worth for judging another that would serve by the same policy.</summary>
/// <remarks>
/// An item's exposure under a policy is Σ over slots of its chance to stand there, discounted as DCG discounts ranks. Reward estimated by weights w =
/// exposure under the other model / exposure here (position-based, Li et al. 2018) has, for w of mean 1, the variance of 1 / E[w²] as
/// many slates of its own; E[w²] here is E[w] over what the other model would show. Weights are cut at 1,000, so that a policy which never
/// shows the other's ideas comes out as next to nothing, and not as nothing.
/// </remarks>
static class PolicyEvidence
{
    const double MaxWeight = 1_000;
    const int Users = 400;
    const int Draws = 32;
    const int Slots = 10;

    public static double Per1000(ISequenceScorer model, ISequenceScorer other, EvaluationCases cases, ExplorationPolicy policy)
    {
        var step = Math.Max(1, cases.Count / Users);
        var (sum, count) = (0.0, 0.0);
        var (own, theirs) = (new float[model.ItemCount], new float[model.ItemCount]);
        for (var i = 0; i < cases.Count; i += step)
        {
            var history = cases.Histories.ItemsMemory(cases.Users[i]);
            model.Score([history], own);
            other.Score([history], theirs);
            var eligible = ItemSet.AllBut(model.ItemCount, history.Span);
            var shown = PlackettLuceSlate.Draw(theirs, eligible, Slots, policy, (ulong)i).Items;
            for (var slot = 0; slot < shown.Count; slot++)
            {
                var weight = Exposure(theirs, eligible, shown[slot].Item, policy, i) / Exposure(own, eligible, shown[slot].Item, policy, i);
                sum += Math.Min(weight, MaxWeight) * Discount(slot);
                count += Discount(slot);
            }
        }

        return 1_000 * count / sum;
    }

    static double Exposure(float[] scores, ItemSet eligible, int item, ExplorationPolicy policy, int seed)
    {
        var greedy = policy.GreedyShare * Of(ExplorationPolicy.Greedy, 1);
        return greedy + ((1 - policy.GreedyShare) * Of(policy with { GreedyShare = 0 }, policy.Temperature == 0 ? 1 : Draws));

        double Of(ExplorationPolicy part, int draws)
        {
            var (sum, random) = (0.0, new RandomStream((ulong)seed + 1));
            for (var draw = 0; draw < draws; draw++)
            {
                var chances = PlackettLuceSlate.ChancesOf(item, scores, eligible, Slots, part, random.NextBits());
                sum += chances.Select((chance, slot) => chance * Discount(slot)).Sum() / draws;
            }

            return sum;
        }
    }

    static double Discount(int slot) => 1 / Math.Log2(slot + 2);
}
