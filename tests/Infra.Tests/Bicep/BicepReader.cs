using System.Diagnostics;
using System.Text.Json;

namespace SasRec.Infra.Tests.Bicep;

/// <summary>Reads Bicep files with the grammar in node_modules; one Node process serves all tests.</summary>
sealed class BicepReader
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    readonly Lock gate = new();
    readonly Process node;

    /// <param name="root">The repository's root.</param>
    public BicepReader(string root)
    {
        var modules = Environment.GetEnvironmentVariable("SASREC_NODE_MODULES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(root, "node_modules");
        node = Process.Start(new ProcessStartInfo("node", [Path.Combine(root, "tests", "Infra.Tests", "bicep.mjs"), modules])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;

        // Its standard input ends with this process, and it with that.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => node.Dispose();
    }

    /// <param name="files">Texts by name.</param>
    public IReadOnlyDictionary<string, BicepFile> Read(IReadOnlyDictionary<string, string> files)
    {
        lock (gate)
        {
            node.StandardInput.WriteLine(JsonSerializer.Serialize(files));
            node.StandardInput.Flush();
            return node.StandardOutput.ReadLine() is { } answer
                ? JsonSerializer.Deserialize<Dictionary<string, BicepFile>>(answer, Options)!
                : throw new InvalidOperationException("Node ended; its standard error says why. Is node_modules installed?");
        }
    }
}
