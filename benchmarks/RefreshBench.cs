using System.CommandLine;
using System.Globalization;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Console;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Files;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;

namespace SasRec.Bench;

/// <summary>A model's answer to what users did in the last part of the time.</summary>
/// <param name="Name">What was done since it was trained.</param>
/// <param name="Ndcg10">NDCG@10, full ranking.</param>
/// <param name="Gain">NDCG@10 less that of the model as it was published.</param>
/// <param name="GainLow">The lower end of the paired 95% interval, users drawn with replacement.</param>
/// <param name="GainHigh">The upper end.</param>
sealed record RefreshArm(string Name, double Ndcg10, double Gain, double GainLow, double GainHigh);

/// <summary>What a refresh is worth.</summary>
/// <param name="Data">The file.</param>
/// <param name="Share">The share of the actions that came since the training, and again of those that are asked for.</param>
/// <param name="Users">Users who are asked.</param>
/// <param name="Arms">As published; with the counts anew; with the prior too; trained again.</param>
sealed record RefreshResult(string Data, double Share, int Users, IReadOnlyList<RefreshArm> Arms);

/// <summary>A model is trained, users go on acting, then they are asked: as it was, refreshed, and trained again.</summary>
sealed class RefreshBench : BenchVerb<RefreshResult>
{
    readonly Option<string> data = new("--data") { Description = "A file with times.", Required = true };
    readonly Option<double> share = new("--share")
    {
        Description = "The share of the actions between training and question, and again of those asked for.", DefaultValueFactory = _ => 0.1,
    };

    readonly Option<ulong> seed = new("--seed") { Description = "The seed of all trainings.", DefaultValueFactory = _ => 1 };
    readonly Option<int> threads = new("--threads") { Description = "0 for one a core." };

    public RefreshBench()
        : base("refresh", "What it is worth to count anew what happened since a model was trained: NDCG@10 of what users did next.")
    {
        foreach (var option in new Option[] { data, share, seed, threads })
        {
            Add(option);
        }
    }

    protected override RefreshResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var path = parsed.GetValue(data)!;
        var (part, cores) = (parsed.GetValue(share), parsed.GetValue(threads));
        var asked = TimeSplit.ByShare(Read(path), part);
        var now = asked.Train;
        var then = TimeSplit.ByShare(now, part / (1 - part)).Train;
        var (weights, plan) = Publish(then);
        bool[] known = [.. ItemCounts.AllTime(then).Select(count => count > 0)];
        var counts = plan.ServedNeighboursOf(now, cancellation);
        var (newer, newerPlan) = Publish(now);
        var arms = new (string Name, RankingReport Report)[]
        {
            ("as published", Ask(weights, plan.ServedNeighboursOf(then, cancellation), known)),
            ("counts anew", Ask(weights, counts, known)),
            ("counts and prior anew", Ask(ItemPrior.On(weights, now, plan.PriorStrength ?? 0), counts, known)),
            ("trained again", Ask(newer, newerPlan.ServedNeighboursOf(now, cancellation), null)),
        };
        var published = arms[0].Report.NdcgByCase;
        return new RefreshResult(Path.GetFileName(path), part, asked.Test.Count, [.. arms.Select(arm =>
        {
            var gain = PairedBootstrap.Compare(arm.Report.NdcgByCase, published, parsed.GetValue(seed));
            return new RefreshArm(arm.Name, arm.Report.Ndcg, gain.Difference, gain.Low, gain.High);
        })]);

        (SasRecWeights Weights, TrainingPlan Plan) Publish(SequenceDataset seen)
        {
            var split = HoldOut.Split(seen);
            var (config, options) = TrainingOptions.For(split.Train);
            var terminal = new Terminal(TextWriter.Null, progress, interactive: false, TimeProvider.System, _ => null);
            var checkpoints = Directory.CreateTempSubdirectory("sasrec-refresh");
            try
            {
                var fitter = new ModelFitter(terminal, checkpoints.FullName, new ModelEvaluation(terminal, new RankingOptions()));
                var asks = new TrainingPlan(config, options with { Seed = parsed.GetValue(seed), Threads = cores });
                var strict = fitter.FitAsync(split, asks, cancellation).GetAwaiter().GetResult();
                return (fitter.GoOnAsync("Refit", seen, strict.Plan, strict.Training, cancellation).GetAwaiter().GetResult().Weights, strict.Plan);
            }
            finally
            {
                checkpoints.Delete(recursive: true);
            }
        }

        RankingReport Ask(SasRecWeights network, ItemNeighbours? neighbours, bool[]? only)
        {
            using var scorer = new ModelScorer(network, cores, neighbours);
            return RankingEvaluator.Evaluate(
                only is null ? scorer : new KnownItemsScorer(scorer, only), asked.Test, new RankingOptions { SampledNegatives = 0 }, null, cancellation);
        }
    }

    protected override string Table(RefreshResult result) => string.Join('\n', result.Arms.Select(arm => string.Create(
        CultureInfo.InvariantCulture, $"  {arm.Name,-24} {arm.Ndcg10:0.0000}  {arm.Gain:+0.0000;-0.0000} [{arm.GainLow:0.0000}, {arm.GainHigh:0.0000}]")));
}
