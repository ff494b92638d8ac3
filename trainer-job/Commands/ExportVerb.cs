using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Core.Model;
using SasRec.Trainer.Console;
using SasRec.Trainer.Export;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Commands;

/// <summary>Writes a folder's weights as ONNX and compares.</summary>
sealed class ExportVerb : Verb
{
    const int ProbeCount = 32;

    // Not demanded by the parser, which would demand it of 'export data' too.
    readonly Argument<string?> folder = new("DIR") { Description = "The folder that train wrote.", Arity = ArgumentArity.ZeroOrOne };
    readonly Option<string?> output = new("--out") { Description = "The ONNX file; else model.onnx in the folder." };

    public ExportVerb(Terminal terminal)
        : base(terminal, "export", "Writes the weights in a model's folder as ONNX and compares what ONNX Runtime makes of them. With data, writes what the system holds as Parquet.")
    {
        Add(folder);
        Add(output);
        Add(new ExportDataVerb(terminal));
    }

    protected override Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var model = new ModelFolder(parsed.GetValue(folder) ?? throw new UserError("export DIR needs the folder of a model, and 'export data' a folder to write to: --out.") { Code = ExitCode.Usage });
        var weights = model.ReadWeights();
        var file = parsed.GetValue(output) ?? Path.Combine(model.Path, "model.onnx");
        OnnxExport.Write(weights, file);
        var difference = OnnxCheck.Compare(file, weights, Probes(weights));
        Terminal.Finish(
            new { file, difference, tolerance = OnnxCheck.Tolerance },
            FormattableString.Invariant($"{file}: differs by {difference:0.0e+0} at most, {OnnxCheck.Tolerance:0.0e+0} is allowed."));
        return Task.FromResult(ExitCode.Ok);
    }

    /// <summary>Histories of random items, from one item to the longest that the network sees.</summary>
    static ReadOnlyMemory<int>[] Probes(SasRecWeights weights) =>
    [
        .. Enumerable.Range(0, ProbeCount).Select(probe =>
        {
            var length = 1 + (probe * (weights.Config.MaxLength - 1) / (ProbeCount - 1));
            return (ReadOnlyMemory<int>)Enumerable.Range(0, length)
                .Select(i => CounterRandom.Below((ulong)probe, (ulong)i, weights.ItemCount)).ToArray();
        }),
    ];
}
