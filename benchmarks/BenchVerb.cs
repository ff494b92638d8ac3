using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using SasRec.Core.Sequences;
using SasRec.Trainer.Files;

namespace SasRec.Bench;

/// <summary>One measurement: prints a table, or with --json one line.</summary>
/// <typeparam name="T">What it measures.</typeparam>
abstract class BenchVerb<T> : Command
{
    static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly Option<bool> json = new("--json") { Description = "Print one line of JSON instead of a table." };
    readonly Option<string?> record = new("--record") { Description = "Append the result to a file of JSON lines, with machine and commit." };

    protected BenchVerb(string name, string description)
        : base(name, description)
    {
        Add(json);
        Add(record);
        SetAction((parsed, cancellation) =>
        {
            var asJson = parsed.GetValue(json);
            var result = Measure(parsed, asJson ? Console.Error : Console.Out, cancellation);
            var line = JsonSerializer.Serialize(result, Web);
            if (parsed.GetValue(record) is { } path)
            {
                BenchRecord.Append(path, name, [.. parsed.Tokens.Skip(1).Select(token => token.Value)], line);
            }

            Console.Out.WriteLine(asJson ? line : Table(result));
            return Task.FromResult(0);
        });
    }

    /// <summary>Measures.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="progress">Where to say what is being done.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    protected abstract T Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation);

    /// <summary>The result for people.</summary>
    protected abstract string Table(T result);

    /// <summary>Reads a data file as the trainer does.</summary>
    protected static SequenceDataset Read(string path) => InteractionFile.Open(path).ReadDataset(new DatasetOptions()).Sequences;
}
