using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace SasRec.EndToEnd.Tests;

/// <summary>What ./run cannot do it says before it starts anything, in a line that names the cause and the way out.</summary>
public sealed class RefusedRunTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("user,item,timestamp\nu,a,yesterday\n", "Line 2: timestamp 'yesterday' must be")]
    [InlineData("user,item,dt\nu,a,1700000000\n", "--columns time=dt")]
    [InlineData("who,what\n1,2\n3,4\n", "looks like a header")]
    [InlineData("", "is empty")]
    public async Task Data_that_cannot_be_used(string text, string cause)
    {
        File.WriteAllText(scratch.File("data"), text);

        Assert.Contains(cause, await RefusalAsync(scratch.File("run"), "--data", scratch.File("data")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written()
    {
        File.WriteAllText(scratch.File("file"), "");

        Assert.Contains("Give a folder that can be written to with --folder.", await RefusalAsync(scratch.File("file/run")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_other_data()
    {
        Directory.CreateDirectory(scratch.File("run"));
        File.WriteAllText(scratch.File("run/settings.json"), JsonSerializer.Serialize(new { Api = 0, Blob = 0, Queue = 0, Table = 0, Key = "k", Data = "other" }));

        Assert.Contains("holds other data", await RefusalAsync(scratch.File("run")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_another_run_uses()
    {
        Directory.CreateDirectory(scratch.File("run"));
        using var taken = new FileStream(scratch.File("run/taken"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.Contains("Another ./run is using", await RefusalAsync(scratch.File("run")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_another_program_has()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        Assert.Contains($"--port {port} is taken by another program.", await RefusalAsync(scratch.File("run"), "--port", port), StringComparison.Ordinal);
    }

    static async Task<string> RefusalAsync(string folder, params string[] args)
    {
        await using var run = LocalRun.Start(folder, [.. args, "--once"]);
        var (code, _) = await run.EndAsync();

        Assert.Equal(2, code);
        Assert.DoesNotContain("storage emulator", run.Told, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Told, StringComparison.Ordinal);
        return run.Told;
    }
}
