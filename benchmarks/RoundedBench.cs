using System.CommandLine;
using System.Globalization;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Serving.Inference;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Export;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;

namespace SasRec.Bench;

/// <summary>What the item table in 8 bits does to a trained network.</summary>
/// <param name="Data">The file.</param>
/// <param name="Items">V.</param>
/// <param name="Users">How many test users.</param>
/// <param name="ExactNdcg10">NDCG@10 on them with the table as it was trained.</param>
/// <param name="RoundedNdcg10">With the table in 8 bits.</param>
/// <param name="Change">Rounded by exact, less 1; within 0.005 is wanted.</param>
/// <param name="LargestError">The most by which a logit differed.</param>
/// <param name="LargestBound">The most that was allowed, <see cref="RoundedItemTable.MaxError"/>.</param>
sealed record RoundedResult(
    string Data, int Items, int Users, double ExactNdcg10, double RoundedNdcg10, double Change, double LargestError, double LargestBound);

/// <summary>Trains with the defaults and ranks the last action of each user, with the item table as it is and in 8 bits.</summary>
sealed class RoundedBench : BenchVerb<RoundedResult>
{
    const int Probed = 200;

    readonly Option<string> data = new("--data") { Description = "Lines 'user item', or CSV with a header.", Required = true };
    readonly Option<string?> weights = new("--weights") { Description = "The weights.safetensors of a model that was trained on the file; else one is trained." };

    public RoundedBench()
        : base("rounded", "NDCG@10 with the item table in 8 bits and as it was trained, and how far logits differ.")
    {
        Add(data);
        Add(weights);
    }

    protected override RoundedResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var path = parsed.GetValue(data)!;
        var split = LeaveOneOut.Of(Read(path));
        var trained = parsed.GetValue(weights) is { } file ? Load(file) : Train(split, cancellation);
        var table = RoundedItemTable.Of(trained);
        var folder = Directory.CreateTempSubdirectory("sasrec-rounded-").FullName;
        try
        {
            var (whole, encoder) = (Path.Combine(folder, "whole.onnx"), Path.Combine(folder, "encoder.onnx"));
            OnnxExport.Write(trained, whole);
            OnnxExport.WriteEncoder(trained, encoder);
            using var exact = new OnnxNetwork(whole, trained.ItemCount);
            using var rounded = new RoundedNetwork(encoder, table, trained.ItemCount);
            var (error, bound) = Difference(exact, rounded, table, split.Test, trained.Config.MaxLength);
            var (before, after) = (Ndcg(exact), Ndcg(rounded));
            return new RoundedResult(
                Path.GetFileName(path), trained.ItemCount, split.Test.Users.Count, before, after, (after / before) - 1, error, bound);

            double Ndcg(INetwork network) => RankingEvaluator.Evaluate(
                new OnnxScorer(network, trained.ItemCount, trained.Config.MaxLength), split.Test, new RankingOptions { SampledNegatives = 0 }, cancellation: cancellation).Ndcg;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    protected override string Table(RoundedResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Data}: {result.Items} items, {result.Users} users\n  NDCG@10 exact {result.ExactNdcg10:0.00000}, in 8 bits {result.RoundedNdcg10:0.00000} ({result.Change:+0.00%;-0.00%}); logits differ by {result.LargestError:0.0000} at most, after the same state by no more than {result.LargestBound:0.0000}");

    static SasRecWeights Load(string file)
    {
        using var stream = File.OpenRead(file);
        return SasRecWeights.Load(stream);
    }

    static SasRecWeights Train(LeaveOneOut split, CancellationToken cancellation)
    {
        var (config, options) = TrainingOptions.For(split.Train);
        var validate = ModelScorer.Validation(split.Validation, 10, HoldOut.MaxValidationCases, options.Threads);
        return SasRecTrainer.Train(split.Train, config, options, validate, cancellationToken: cancellation).Weights;
    }

    // Of some users: that rounded histories move the state is in the error and not in the bound.
    static (double Error, double Bound) Difference(OnnxNetwork exact, RoundedNetwork rounded, RoundedItemTable table, EvaluationCases cases, int maxLength)
    {
        var (error, bound) = (0.0, 0.0);
        var (one, other, state) = (new float[table.ItemCount], new float[table.ItemCount], new float[table.Width]);
        var step = Math.Max(1, cases.Users.Count / Probed);
        for (var i = 0; i < cases.Users.Count; i += step)
        {
            var tokens = OnnxScorer.Tokens([cases.Histories.ItemsMemory(cases.Users[i])], maxLength);
            exact.Score(tokens, one, state, 1);
            rounded.Score(tokens, other, default, 1);
            for (var item = 0; item < one.Length; item++)
            {
                error = Math.Max(error, Math.Abs(one[item] - other[item]));
                bound = Math.Max(bound, table.MaxError(item, state));
            }
        }

        return (error, bound);
    }
}
