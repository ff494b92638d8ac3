using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;
using SasRec.Trainer.Console;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Commands;

/// <summary>How a file is cut into what is known and what is asked.</summary>
enum EvaluationProtocol
{
    /// <summary>The last action of each user.</summary>
    LeaveOneOut,

    /// <summary>What users did after a moment.</summary>
    TimeSplit,
}

/// <summary>Measures a model on a file.</summary>
sealed class EvaluateVerb : Verb
{
    readonly Option<string> model = new("--model") { Description = "The folder that train wrote.", Required = true };
    readonly Option<string[]> data = new("--data")
    {
        Description = "One or more files of interactions: " + FileOptionSet.Formats,
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };


    readonly Option<EvaluationProtocol> protocol = new("--protocol")
    {
        Description = "LeaveOneOut: the last action of each user. TimeSplit: what users did in the last part of the time.",
        DefaultValueFactory = _ => EvaluationProtocol.LeaveOneOut,
    };

    readonly Option<double> share = new("--test-share")
    {
        Description = "TimeSplit: the share of all interactions that is the test, above 0, below 1.",
        DefaultValueFactory = _ => 0.1,
    };

    readonly Option<int> threads = new("--threads") { Description = "Threads; 0 for one a core." };
    readonly FileOptionSet files;
    readonly Option<string> ranks = new("--ranks")
    {
        Description = "A CSV file for the rank of every answer, of model and baselines, from which all metrics follow.",
    };

    readonly RecordOptions<DatasetOptions> dataset;

    public EvaluateVerb(Terminal terminal)
        : base(
            terminal,
            "evaluate",
            "Measures a model on a file beside the popularity baselines. It cannot tell whether the model was trained on the test actions; make sure that it was not.")
    {
        Add(model);
        Add(data);
        Add(protocol);
        Add(share);
        Add(threads);
        files = new FileOptionSet().AddTo(this);
        Add(ranks);
        dataset = new RecordOptions<DatasetOptions>().AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = new ModelFolder(parsed.GetValue(model)!);
        var (weights, items) = (folder.ReadWeights(), await folder.ReadItemsAsync(cancellation));
        var read = await files.ReadAsync(parsed.GetValue(data)!, parsed, dataset.From(parsed), Meanings(), Terminal, cancellation);
        var (known, cases) = Split(read.Sequences, parsed);
        using var scorer = new ModelScorer(weights, parsed.GetValue(threads), folder.ReadNeighbours());
        var remapped = new RemappedScorer(scorer, items, read.Items);
        var report = await Terminal.MeterAsync("Evaluating", cases.Count, "users", meter => Task.Run(
            () => RankingEvaluator.Evaluate(remapped, cases, null, count => meter.Add(count), cancellation)));
        var baselines = await new ModelEvaluation(Terminal, new RankingOptions()).BaselinesAsync(known, cases, cancellation);
        if (parsed.GetValue(ranks) is { } rankFile)
        {
            await RankFile.WriteAsync(
                rankFile, read, [("model", report), .. baselines.Select(baseline => (baseline.Key, baseline.Value))], cancellation);
        }

        Terminal.Finish(
            new
            {
                ndcg10 = report.Ndcg,
                hr10 = report.HitRate,
                popularityNdcg10 = baselines[MetricNames.Popularity].Ndcg,
                protocol = cases.Protocol,
                cases = report.Cases,
                metrics = report.Metrics,
                baselines = baselines.ToDictionary(b => b.Key, b => b.Value.Metrics),
            },
            Text(cases.Protocol, baselines.Prepend(KeyValuePair.Create("model", report))));
        return ExitCode.Ok;
    }

    (SequenceDataset Known, EvaluationCases Cases) Split(SequenceDataset whole, ParseResult parsed)
    {
        if (parsed.GetValue(protocol) == EvaluationProtocol.LeaveOneOut)
        {
            var split = LeaveOneOut.Of(whole);
            return (split.Refit, split.Test);
        }

        if (!whole.HasTimes)
        {
            throw new UserError("A split by time needs a file with a timestamp column.") { Code = ExitCode.Usage };
        }

        var cut = TimeSplit.ByShare(whole, parsed.GetValue(share));
        return (cut.Train, cut.Test);
    }

    static string Text(string protocol, IEnumerable<KeyValuePair<string, RankingReport>> reports) => string.Join(Environment.NewLine, [
        $"{protocol}, full ranking",
        "                 NDCG@10   HR@10     MRR  coverage@10",
        .. reports.Select(r => string.Create(
            CultureInfo.InvariantCulture,
            $"{r.Key,-16}  {r.Value.Ndcg:0.0000}  {r.Value.HitRate:0.0000}  {r.Value.Metrics[MetricNames.Mrr]:0.0000}"
            + $"       {r.Value.Metrics[MetricNames.Coverage()]:0.0000}")),
    ]);
}
