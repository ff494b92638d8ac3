using System.Diagnostics;
using System.Text.Json;
using SasRec.Simulator.World;
using SasRec.Storage;

namespace SasRec.Loop;

/// <summary>What the import left behind.</summary>
sealed record Imported(LogContents Contents, TimeSpan Took);

/// <summary>Sends the data through the HTTP API and does not rest until the log holds every event once. What an earlier run imported is
/// not sent again.</summary>
sealed class ImportStage(Workspace workspace, StorageConnection storage, ApiClient api, RunOptions options)
{
    const int MaxAttempts = 5;

    readonly ImportRecord record = new(workspace, options);

    /// <summary>Imports.</summary>
    /// <param name="world">The sample world; null where the data is in files.</param>
    /// <param name="cancellation">Ends it; the next run goes on from there.</param>
    public async Task<Imported> RunAsync(SampleData? world, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var files = world is null ? options.DataFiles : [world.File];
        if (record.Finished is { } known && await LogContents.ReadAsync(storage, cancellation) is var held && held.Events >= known)
        {
            return Done(held, "already imported: ");
        }

        var missing = 0;
        for (var attempt = 1; ; attempt++)
        {
            if (world is not null)
            {
                await PutItemsAsync(world.Items, cancellation);
            }

            var wanted = world?.Interactions ?? options.Interactions;
            var (sent, wentOn) = await ImportAsync(files, cancellation);
            await LogContents.DrainedAsync(storage, cancellation);
            var contents = await LogContents.ReadAsync(storage, cancellation);

            // An emulator that is killed forgets the last seconds of what it acknowledged; sending everything again doubles nothing. What
            // comes in no second time either was deleted since.
            if (contents.Events >= (wentOn ? wanted : sent) || contents.Events == missing)
            {
                record.Finish(contents.Events);
                return Done(contents, "imported ");
            }

            if (attempt == MaxAttempts)
            {
                throw new InvalidOperationException($"The log holds {contents.Events:N0} of the {(wentOn ? wanted : sent):N0} events sent, after {attempt} attempts.");
            }

            record.BeginAnew();
            missing = wentOn ? 0 : contents.Events;
            Say.Line($"the log holds {contents.Events:N0} of the {(wentOn ? wanted : sent):N0} events sent; sending them again");
        }

        Imported Done(LogContents contents, string how)
        {
            var took = Stopwatch.GetElapsedTime(started);
            Say.Line($"{how}{contents.Events:N0} events of {contents.Users:N0} users with {contents.Items:N0} items in {took.TotalSeconds:F0} s");
            return new Imported(contents, took);
        }
    }

    /// <summary>Puts the catalogue first, so that every item has its name when the events come; putting it again changes nothing.</summary>
    async Task PutItemsAsync(IReadOnlyList<SampleItem> items, CancellationToken cancellation)
    {
        const int most = 1000;
        foreach (var some in items.Chunk(most))
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    await api.PutItemsAsync(some, cancellation);
                    break;
                }
                catch (HttpRequestException e) when (attempt < MaxAttempts)
                {
                    Say.Line($"the catalogue was not taken ({e.Message}); putting it again");
                    await Task.Delay(TimeSpan.FromSeconds(1), cancellation);
                }
            }
        }

        Say.Line($"put {items.Count:N0} items into the catalogue");
    }

    /// <returns>How many events the last process sent, and whether it went on from where one before had stopped.</returns>
    async Task<(long Sent, bool WentOn)> ImportAsync(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (last, wentOn) = ("", record.CanGoOn(files));
            await using var import = ChildProcess.Start(
                workspace.Log("import"),
                workspace.Environment(),
                line =>
                {
                    last = line;
                    if (!line.StartsWith('{'))
                    {
                        Say.Detail(line);
                    }
                },
                [
                    "dotnet", FunctionsHost.Built("SasRec.Trainer"), "import", .. files, "--url", workspace.Address.AbsoluteUri, "--json",
                    .. options.ReadingOptions, .. record.Arguments(files),
                ]);
            Say.Line($"import: process {import.ProcessId}");
            var code = await import.ExitCodeAsync(cancellation);
            if (code == 0)
            {
                using var summary = JsonDocument.Parse(last);
                return (summary.RootElement.GetProperty("events").GetInt64(), wentOn);
            }

            // What the command line or the data causes is so the next time too.
            if (attempt == MaxAttempts || code == 2)
            {
                throw new InvalidOperationException($"The import ended with code {code}; the end of {workspace.Log("import")} says why.");
            }

            Say.Line($"the import ended with code {code}; it goes on");
            await api.HealthAsync(cancellation);
        }
    }
}
