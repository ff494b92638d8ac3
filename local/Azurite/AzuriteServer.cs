using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace SasRec.Azurite;

/// <summary>A running Azurite: blobs, queues and tables over the real protocols, on the loopback interface.</summary>
public sealed partial class AzuriteServer : IAsyncDisposable
{
    // The account and key are Azurite's published ones; they open nothing but the emulator.
    const string Account = "devstoreaccount1";
    const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    readonly Process process;
    int accountsGiven;
    bool ended;

    AzuriteServer(Process process, int blobPort, int queuePort, int tablePort)
    {
        this.process = process;
        (BlobPort, QueuePort, TablePort) = (blobPort, queuePort, tablePort);
    }

    /// <summary>The port of the blob service.</summary>
    public int BlobPort { get; }

    /// <summary>The port of the queue service.</summary>
    public int QueuePort { get; }

    /// <summary>The port of the table service.</summary>
    public int TablePort { get; }

    /// <summary>The id of the emulator's process.</summary>
    public int ProcessId => process.Id;

    /// <summary>The connection string that opens all three services.</summary>
    public string ConnectionString => ConnectionStringOf(BlobPort, QueuePort, TablePort);

    /// <summary>The connection string of an Azurite that listens, or will listen, on these ports.</summary>
    public static string ConnectionStringOf(int blobPort, int queuePort, int tablePort) => ConnectionStringOf(Account, blobPort, queuePort, tablePort);

    /// <summary>The connection string of an account that nobody was given before: it is empty. There are as many as <see cref="StartAsync"/> was told.</summary>
    public string NextAccount() => ConnectionStringOf($"{Account}{Interlocked.Increment(ref accountsGiven)}", BlobPort, QueuePort, TablePort);

    /// <summary>Starts Azurite and returns when its three services listen.</summary>
    /// <param name="folder">Where it keeps its data; null keeps everything in memory.</param>
    /// <param name="ports">The ports of the blob, queue and table service; null takes free ones.</param>
    /// <param name="accounts">How many accounts <see cref="NextAccount"/> gives, besides the one of <see cref="ConnectionString"/>.</param>
    /// <param name="cancellation">Ends the wait and the emulator.</param>
    /// <exception cref="InvalidOperationException">Azurite is not installed, or ended before it listened.</exception>
    public static async Task<AzuriteServer> StartAsync(
        string? folder = null, (int Blob, int Queue, int Table)? ports = null, int accounts = 0, CancellationToken cancellation = default)
    {
        var nodeModules = typeof(AzuriteServer).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(a => a.Key == "NodeModules").Value!;
        if (!Directory.Exists(Path.Combine(nodeModules, "azurite")))
        {
            throw new InvalidOperationException($"Azurite is not in {nodeModules}: run 'npm ci --ignore-scripts' (./run and ./test do).");
        }

        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var wanted = ports ?? (0, 0, 0);
        (string Name, int Port)[] services = [("blob", wanted.Blob), ("queue", wanted.Queue), ("table", wanted.Table)];
        string[] args =
        [
            Path.Combine(AppContext.BaseDirectory, "azurite.cjs"), nodeModules, "--skipApiVersionCheck", "--disableTelemetry", "--silent",
            .. folder is null ? ["--inMemoryPersistence"] : new[] { "--location", folder },
            .. services.SelectMany(s => new[] { $"--{s.Name}Host", "127.0.0.1", $"--{s.Name}Port", $"{s.Port}" }),
        ];
        start.Environment["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(0, accounts + 1).Select(i => $"{Account}{(i > 0 ? i : "")}:{Key}"));
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        var process = Process.Start(start)!;
        var said = new List<string>();
        var found = new Dictionary<string, int>();
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        void Read(string? line)
        {
            lock (said)
            {
                if (listening.Task.IsCompleted)
                {
                    return;
                }

                if (line is null)
                {
                    listening.TrySetException(new InvalidOperationException("Azurite ended before it listened:\n" + string.Join('\n', said)));
                    return;
                }

                said.Add(line);
                if (ListeningLine().Match(line) is { Success: true } match)
                {
                    found[match.Groups["service"].Value.ToLowerInvariant()] = int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture);
                    if (found.Count == services.Length)
                    {
                        listening.TrySetResult();
                    }
                }
            }
        }

        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => Read(e.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await listening.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellation).ConfigureAwait(false);
        }
        catch
        {
            process.Kill();
            throw;
        }

        return new AzuriteServer(process, found["blob"], found["queue"], found["table"]);
    }

    /// <summary>Completes when the emulator's process has ended.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    public Task WaitForExitAsync(CancellationToken cancellation = default) => process.WaitForExitAsync(cancellation);

    /// <summary>Ends the emulator in order, so that what it holds reaches its folder; a second call does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (ended)
        {
            return;
        }

        ended = true;
        if (!process.HasExited)
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }

        process.Dispose();
    }

    static string ConnectionStringOf(string account, int blobPort, int queuePort, int tablePort) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={Key};" +
        $"BlobEndpoint=http://127.0.0.1:{blobPort}/{account};" +
        $"QueueEndpoint=http://127.0.0.1:{queuePort}/{account};" +
        $"TableEndpoint=http://127.0.0.1:{tablePort}/{account};";

    [GeneratedRegex(@"^Azurite (?<service>\w+) service is successfully listening at http://127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex ListeningLine();
}
