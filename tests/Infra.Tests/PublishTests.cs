using System.Diagnostics;
using System.Text.Json;
using SasRec.Infra.Tests.Checks;

namespace SasRec.Infra.Tests;

/// <summary>What deploys is built: the functions app as azd publishes it, the trainer as its image does, each in a folder of its own.</summary>
public class PublishTests
{
    static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_functions_app_publishes_as_azd_does_with_every_function_in_its_index()
    {
        using var folder = new ScratchFolder();
        await PublishAsync(folder, "functions");

        using var index = JsonDocument.Parse(await File.ReadAllTextAsync(folder.File("out/functions.metadata"), Cancellation));
        var names = index.RootElement.EnumerateArray().Select(function => function.GetProperty("name").GetString()).ToArray();
        Assert.Contains("Events", names);
        Assert.Contains("AppendInteractions", names);
        Assert.Contains("RetrainOnSchedule", names);
        Assert.True(File.Exists(folder.File("out/worker.config.json")));
        Assert.True(File.Exists(folder.File("out/host.json")));
        Assert.True(Directory.Exists(folder.File("out/.azurefunctions")));
    }

    [Fact]
    public async Task The_trainer_publishes_as_its_image_does_and_starts()
    {
        using var folder = new ScratchFolder();
        await PublishAsync(
            folder, "trainer-job", "--runtime", "linux-x64", "--no-self-contained", "-p:Hardware=cpu", "-p:PublishReadyToRun=true",
            "-p:DebugType=none", "-p:PublishDocumentationFiles=false");

        var (code, output) = await RunAsync(folder.File("out/SasRec.Trainer.dll"), "--help");
        Assert.True(code == 0, output);
        Assert.Contains("train", output, StringComparison.Ordinal);
    }

    static async Task PublishAsync(ScratchFolder folder, string project, params string[] options)
    {
        // Artifacts of its own: other tests run what the solution's build made, which the analyzers have seen.
        var (code, output) = await RunAsync(
        [
            "publish", Path.Combine(Repository.Root, project), "--configuration", "Release", "--nologo", "--output", folder.File("out"),
            $"-p:ArtifactsPath={folder.File("artifacts")}", "-p:RunAnalyzers=false", "-nodeReuse:false", .. options,
        ]);
        Assert.True(code == 0, output);
    }

    static async Task<(int Code, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["AZURE_ENV_NAME"] = "publish-test";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output + await error);
    }
}
