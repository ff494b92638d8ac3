using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace SasRec.Bench;

/// <summary>One start of the functions app behind the development host, in milliseconds since the host's process was started.</summary>
sealed partial record ColdStart(double HostMs, double FetchedMs, double SessionMs, double FirstMs, double SecondMs)
{
    static readonly string[] History = ["item-1", "item-7"];
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Starts the app, asks for a recommendation as soon as it listens, and ends it.</summary>
    public static async Task<ColdStart> MeasureAsync(string app, string connection, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(StartTimeout);
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [Host(), app, "--port", $"{port}"])
        {
            WorkingDirectory = app,
            RedirectStandardOutput = true,
            Environment =
            {
                ["AzureWebJobsStorage"] = connection,
                ["RetrainSchedule"] = "0 0 0 1 1 *",
                ["Trainer__Command"] = "",
            },
        };
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        try
        {
            var model = ModelAsync(process.StandardOutput, clock, timeout.Token);
            await ListensAsync(port, timeout.Token);
            var host = clock.Elapsed.TotalMilliseconds;
            await AskAsync(http, timeout.Token);
            var first = clock.Elapsed.TotalMilliseconds;
            await AskAsync(http, timeout.Token);
            var second = clock.Elapsed.TotalMilliseconds - first;
            var (fetched, session) = await model;
            return new ColdStart(host, fetched, session, first, second);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    // Built beside this program.
    static string Host()
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, "SasRec.Host", here.Name, "SasRec.Host.dll");
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static async Task ListensAsync(int port, CancellationToken cancellation)
    {
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(2, cancellation);
            }
        }
    }

    static async Task AskAsync(HttpClient http, CancellationToken cancellation)
    {
        using var answer = await http.PostAsJsonAsync(
            "/api/recommendations", new { userId = "ann", history = History, k = 10 }, cancellation);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsStringAsync(cancellation);
    }

    /// <summary>When the model was fetched and when it was ready, from what the app says of it.</summary>
    static async Task<(double Fetched, double Session)> ModelAsync(StreamReader output, Stopwatch clock, CancellationToken cancellation)
    {
        while (await output.ReadLineAsync(cancellation) is { } line)
        {
            if (Serves().Match(line) is { Success: true } said)
            {
                var ready = clock.Elapsed.TotalMilliseconds;
                return (ready - Number(said, 2) + Number(said, 1), ready);
            }
        }

        throw new InvalidOperationException("The functions app ended before it had a model.");

        static double Number(Match match, int group) => double.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"fetched in (\d+) ms, ready after (\d+) ms")]
    private static partial Regex Serves();
}
