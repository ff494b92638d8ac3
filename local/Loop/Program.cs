using System.CommandLine;
using System.Security.Cryptography;
using SasRec.Loop;

var data = new Option<string[]>("--data") { Description = "Files of interactions in any usual layout; docs/data.md lists them. Without it a sample world is made.", AllowMultipleArgumentsPerToken = true };
var once = new Option<bool>("--once") { Description = "End after one pass through the loop; the last line of standard output is JSON." };
var fresh = new Option<bool>("--fresh") { Description = "Forget what earlier runs on this data left." };
var port = new Option<int?>("--port") { Description = "The port of the HTTP API; 0 takes a free one. [default: the last run's, or 7071]" };
var folder = new Option<string?>("--folder") { Description = "Where storage and logs are kept. [default: .local/ and a name for the data]" };
var host = new Option<string>("--host")
{
    Description = "What runs the functions app: this repository's development host, or Azure Functions Core Tools where 'func' is on the PATH.",
    DefaultValueFactory = _ => RunOptions.DevelopmentHost,
}.AcceptOnlyFromAmong(RunOptions.DevelopmentHost, RunOptions.CoreTools);

// How files are read is the trainer's to know: these go to it as they stand.
string[] readingNames = ["--columns", "--delimiter", "--header", "--encoding", "--order", "--times", "--types", "--min-value"];
var reading = readingNames.Select(name => new Option<string?>(name) { Description = "As of the trainer's 'import'." }).ToArray();
var skipBad = new Option<bool>("--skip-bad") { Description = "As of the trainer's 'import'." };
var installMs = new Option<int>("--install-ms") { Hidden = true };
var buildMs = new Option<int>("--build-ms") { Hidden = true };

var root = new RootCommand("The whole loop on this machine: events in over HTTP, a model trained, recommendations out.")
{
    data, once, fresh, port, folder, host, skipBad, installMs, buildMs,
};
foreach (var option in reading)
{
    root.Add(option);
}

root.SetAction(async (parsed, cancellation) =>
{
    try
    {
        var files = parsed.GetValue(data) ?? [];
        string[] skipping = parsed.GetValue(skipBad) ? ["--skip-bad"] : [];
        string[] asked =
        [
            .. reading.Where(option => parsed.GetValue(option) is not null).SelectMany(option => new[] { option.Name, parsed.GetValue(option)! }),
            .. skipping,
        ];
        var options = new RunOptions
        {
            DataFiles = files,
            DataHash = HashOf(files),
            Once = parsed.GetValue(once),
            Fresh = parsed.GetValue(fresh),
            Port = parsed.GetValue(port),
            Host = parsed.GetValue(host)!,
            Folder = parsed.GetValue(folder) ?? Path.Combine(".local", FolderFor(files)),
            Install = TimeSpan.FromMilliseconds(parsed.GetValue(installMs)),
            Build = TimeSpan.FromMilliseconds(parsed.GetValue(buildMs)),
        }.Validated();
        var found = await DataCheck.RunAsync(files, asked, cancellation);
        options = options with { ReadingOptions = found.Options, Interactions = found.Interactions };
        await LocalLoop.RunAsync(options, cancellation);
        return 0;
    }
    catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
    {
        Say.Line("stopped; the same command goes on from here");
        return 130;
    }
    catch (Exception e) when (e is ArgumentException or InvalidOperationException or HttpRequestException or IOException or UnauthorizedAccessException)
    {
        Say.Line(e.Message.ReplaceLineEndings(" "));
        return e is InvalidOperationException or HttpRequestException ? 1 : 2;
    }
});
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });

// Different data never meets in one storage, and the same data finds what it left.
static string FolderFor(string[] files) =>
    files.Length == 0 ? "sample" : $"{Path.GetFileNameWithoutExtension(files[0])}-{HashOf(files)[..8]}";

static string HashOf(string[] files)
{
    using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    foreach (var file in files.Where(File.Exists))
    {
        using var content = File.OpenRead(file);
        hash.AppendData(SHA256.HashData(content));
    }

    return Convert.ToHexStringLower(hash.GetHashAndReset());
}
