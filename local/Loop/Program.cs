using System.CommandLine;
using System.Security.Cryptography;
using SasRec.Loop;

var data = new Option<string?>("--data") { Description = "A file of interactions: 'user item' lines in time order, or CSV with a header (user, item, timestamp, type). Without it a sample world is made." };
var once = new Option<bool>("--once") { Description = "End after one pass through the loop; the last line of standard output is JSON." };
var fresh = new Option<bool>("--fresh") { Description = "Forget what earlier runs on this data left." };
var port = new Option<int?>("--port") { Description = "The port of the HTTP API; 0 takes a free one. [default: the last run's, or 7071]" };
var folder = new Option<string?>("--folder") { Description = "Where storage and logs are kept. [default: .local/ and a name for the data]" };
var host = new Option<string>("--host")
{
    Description = "What runs the functions app: this repository's development host, or Azure Functions Core Tools where 'func' is on the PATH.",
    DefaultValueFactory = _ => RunOptions.DevelopmentHost,
}.AcceptOnlyFromAmong(RunOptions.DevelopmentHost, RunOptions.CoreTools);
var installMs = new Option<int>("--install-ms") { Hidden = true };
var buildMs = new Option<int>("--build-ms") { Hidden = true };

var root = new RootCommand("The whole loop on this machine: events in over HTTP, a model trained, recommendations out.")
{
    data, once, fresh, port, folder, host, installMs, buildMs,
};
root.SetAction(async (parsed, cancellation) =>
{
    try
    {
        var file = parsed.GetValue(data);
        var options = new RunOptions
        {
            DataFile = file,
            Once = parsed.GetValue(once),
            Fresh = parsed.GetValue(fresh),
            Port = parsed.GetValue(port),
            Host = parsed.GetValue(host)!,
            Folder = parsed.GetValue(folder) ?? Path.Combine(".local", FolderFor(file)),
            Install = TimeSpan.FromMilliseconds(parsed.GetValue(installMs)),
            Build = TimeSpan.FromMilliseconds(parsed.GetValue(buildMs)),
        }.Validated();
        await LocalLoop.RunAsync(options, cancellation);
        return 0;
    }
    catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
    {
        Say.Line("stopped; the same command goes on from here");
        return 130;
    }
    catch (Exception e) when (e is ArgumentException or InvalidOperationException or HttpRequestException)
    {
        Say.Line(e.Message);
        return e is ArgumentException ? 2 : 1;
    }
});
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });

// Different data never meets in one storage, and the same data finds what it left.
static string FolderFor(string? file)
{
    if (file is null || !File.Exists(file))
    {
        return "sample";
    }

    using var content = File.OpenRead(file);
    return $"{Path.GetFileNameWithoutExtension(file)}-{Convert.ToHexStringLower(SHA256.HashData(content))[..8]}";
}
