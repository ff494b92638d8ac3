using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using SasRec.Core.Contracts;
using SasRec.Core.Model;
using SasRec.Storage.Models;
using SasRec.Trainer.Export;

namespace SasRec.Trainer.Tests.Exchange;

public sealed class ForeignModelTests(StorageEmulator emulator) : IDisposable
{
    const int Users = 120;

    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task A_model_of_PyTorch_trained_on_the_export_goes_through_the_gate_serves_and_is_rolled_back()
    {
        Assert.SkipUnless(Python.HasTorch, "python3 has no PyTorch here: apt-get install python3-torch, or pip install torch.");
        var log = new SmallLog(emulator);
        await log.AppendAsync(Users, first: 0, count: 8);
        Assert.Equal(ExitCode.Ok, (await log.RunAsync(work, "--gate-tolerance", "1")).Code);
        var registry = new ModelRegistry(log.Storage);
        var own = (await registry.CurrentAsync())!.Pointer.Version;

        // What users do later is what both models are asked about.
        await log.AppendAsync(Users, first: 8, count: 2);
        var exported = await log.JobAsync("export", "data", "--out", work.File("export"), "--tables", "Sequences");
        Assert.True(exported.Code == ExitCode.Ok, exported.Error);
        var said = await Python.RunAsync(
            work, "docs/exchange/train.py", work.File("export"), work.File("foreign"),
            "--width", "16", "--blocks", "1", "--length", "10", "--epochs", "40", "--rate", "0.01", "--dropout", "0");
        Assert.Contains("validationNdcg10", said, StringComparison.Ordinal);
        
        // With 120 users an interval is wide: the ring's own model, which holds counts of pairs too, is hard to be surely no worse than.
        var published = await log.JobAsync("publish", work.File("foreign"), "--activate", "--gate-tolerance", "0.15");

        Assert.True(published.Code == ExitCode.Ok, published.Error + published.Output);
        var current = (await registry.CurrentAsync())!.Pointer.Version;
        var manifest = await registry.GetAsync(current);
        Assert.NotEqual(own, current);
        Assert.Equal((own, true), (manifest.ParentVersion, manifest.Verdict!.Passed));
        Assert.StartsWith("PyTorch", manifest.ProducerVersion, StringComparison.Ordinal);
        Assert.InRange(manifest.Metrics[MetricNames.Ndcg()], 0.5, 1);

        // It serves: the next item of the ring stands first.
        Assert.Equal(ExitCode.Ok, (await log.JobAsync("recommend", "--out", work.File("slates"), "--k", "1")).Code);
        var slates = Directory.GetFiles(work.File("slates"), "*.jsonl").SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)
            .ToDictionary(line => line.GetProperty("userId").GetString()!, line => line.GetProperty("items")[0].GetProperty("itemId").GetString());
        Assert.Equal(Users, slates.Count);
        Assert.InRange(Enumerable.Range(0, Users).Count(user => slates[SmallLog.User(user)] == $"item {(user + 10) % SmallLog.Items}"), 0.6 * Users, Users);

        Assert.Equal(ExitCode.Ok, (await log.JobAsync("models", "rollback")).Code);
        Assert.Equal(own, (await registry.CurrentAsync())!.Pointer.Version);

        // And a run compares with it once it serves again.
        Assert.Equal(ExitCode.Ok, (await log.JobAsync("models", "activate", current)).Code);
        await log.AppendAsync(Users, first: 10, count: 1);
        var next = await log.RunAsync(work, "--gate-tolerance", "1");
        Assert.True(next.Code is ExitCode.Ok or ExitCode.GateRefused, next.Error);
    }

    [Fact]
    public async Task What_breaks_the_contract_is_named_with_what_it_must_be_and_what_was_found()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(20, first: 0, count: 6);
        await WriteAsync(items: 30, vocabulary: 29, manifest: json => json["data"]!["to"] = null);
        var manifest = await log.JobAsync("publish", work.Path);
        await WriteAsync(items: 30, vocabulary: 29, manifest: json => json["data"]!["items"] = 29);
        var network = await log.JobAsync("publish", work.Path);
        await WriteAsync(items: 30, vocabulary: 30, manifest: _ => { });
        await File.WriteAllTextAsync(work.File("model.onnx"), "no network");
        var broken = await log.JobAsync("publish", work.Path);

        Assert.Equal([ExitCode.Usage, ExitCode.Usage, ExitCode.Usage], [manifest.Code, network.Code, broken.Code]);
        Assert.Contains("manifest.json: data.to must be the time of the newest interaction that it was trained on. Found: null.", manifest.Error, StringComparison.Ordinal);
        Assert.Contains("manifest.json: data.items must be 29, the number of ids of items.json. Found: 30.", manifest.Error, StringComparison.Ordinal);
        Assert.Contains("model.onnx: output 'scores' must be float [batch, 29]. Found: Single [-1, 30].", network.Error, StringComparison.Ordinal);
        Assert.Contains("model.onnx must load in ONNX Runtime.", broken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_untrained_network_keeps_to_the_contract_and_is_kept_back_by_the_gate()
    {
        var log = new SmallLog(emulator);
        await log.AppendAsync(Users, first: 0, count: 8);
        await WriteAsync(items: SmallLog.Items, vocabulary: SmallLog.Items, manifest: _ => { });

        var refused = await log.JobAsync("publish", work.Path, "--activate");

        Assert.True(refused.Code == ExitCode.GateRefused, refused.Error + refused.Output);
        Assert.Null(await new ModelRegistry(log.Storage).CurrentAsync());
    }

    /// <summary>A folder as something else would write it: network, ids and manifest.</summary>
    async Task WriteAsync(int items, int vocabulary, Action<JsonNode> manifest)
    {
        var config = new SasRecConfig { Width = 16, Blocks = 1, MaxLength = 10 };
        OnnxExport.Write(SasRecWeights.Initialized(config, items, 1), work.File("model.onnx"));
        var ids = Enumerable.Range(0, vocabulary).Select(i => $"item {i}").ToArray();
        await File.WriteAllTextAsync(work.File("items.json"), JsonSerializer.Serialize(new { ids, counts = ids.Select(_ => 1), recentCounts = ids.Select(_ => 0) }));
        var json = JsonNode.Parse($$"""
            {
              "formatVersion": 1, "producerVersion": "by hand", "protocol": "none",
              "config": { "width": 16, "blocks": 1, "heads": 1, "maxLength": 10 },
              "data": { "from": "2025-06-01T00:00:00Z", "to": "2025-06-01T00:00:00Z", "events": 1, "users": 1, "items": {{items}} }
            }
            """)!;
        manifest(json);
        await File.WriteAllTextAsync(work.File("manifest.json"), json.ToJsonString());
    }

    /// <summary>The machine's Python. Its duckdb is the engine of the NuGet package, where it has none of its own.</summary>
    static class Python
    {
        static readonly string[] Known = ["python3", "/usr/bin/python3"];

        static readonly string? WithTorch = Known.FirstOrDefault(python => RunAsync(python, null, "-c", "import torch").GetAwaiter().GetResult().Code == 0);

        public static bool HasTorch => WithTorch is not null;

        public static async Task<string> RunAsync(ScratchFolder work, string script, params string[] args)
        {
            var (code, said) = await RunAsync(WithTorch!, work, [Path.Combine(Root(), script), .. args]);
            Assert.True(code == 0, said);
            return said;
        }

        static async Task<(int Code, string Said)> RunAsync(string python, ScratchFolder? work, params string[] args)
        {
            var start = new ProcessStartInfo(python, args) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PYTHONPATH"] = work is null ? "" : Path.GetDirectoryName(Here());
            start.Environment["DUCKDB_LIBRARY"] = Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native/libduckdb.so");
            start.Environment["OMP_NUM_THREADS"] = "1";
            try
            {
                using var process = Process.Start(start)!;
                var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
                await process.WaitForExitAsync();
                return (process.ExitCode, await output + await error);
            }
            catch (System.ComponentModel.Win32Exception e)
            {
                return (-1, e.Message);
            }
        }

        static string Root() => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "../../.."));

        static string Here([CallerFilePath] string here = "") => here;
    }
}
