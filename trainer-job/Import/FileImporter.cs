using System.Globalization;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Import;

/// <summary>What an import came to.</summary>
/// <param name="Count">How many elements were accepted.</param>
/// <param name="Requests">In how many requests.</param>
/// <param name="Retries">How many requests had to be sent again.</param>
/// <param name="SkippedLines">Lines that an earlier sitting had sent.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="PerSecond">The rate.</param>
public sealed record ImportSummary(long Count, long Requests, long Retries, long SkippedLines, double Seconds, double PerSecond);

/// <summary>Sends a file in batches, a few at a time, and remembers which lines are accepted.</summary>
sealed class FileImporter(string path, ImportTarget target, ImportClient client, ImportOptions options, TimeProvider time)
{
    static readonly TimeSpan RememberEvery = TimeSpan.FromSeconds(1);

    readonly Lock gate = new();
    readonly Dictionary<long, long> acceptedAhead = [];
    readonly long fileBytes = new FileInfo(path).Length;
    long nextBatch, acceptedLine, count, requests, bytes, remembered;

    /// <summary>Sends the file.</summary>
    /// <param name="pack">The requests of what stands behind a line.</param>
    /// <param name="meter">Told the bytes of the file that are done.</param>
    /// <param name="cancellation">Ends the import; what was accepted is remembered.</param>
    public async Task<ImportSummary> RunAsync(Func<long, IEnumerable<ImportBatch>> pack, Meter meter, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var state = options.StateFile is null
            ? ImportState.Begin(path, client.Address)
            : ImportState.Load(options.StateFile, path, client.Address);
        acceptedLine = state.Line;
        Remember(state);
        var sending = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellation };
        try
        {
            await Parallel.ForEachAsync(pack(state.Line), sending, async (batch, stop) =>
            {
                await client.SendAsync(batch, stop);
                Accept(batch, state);
                lock (gate)
                {
                    bytes += batch.BytesRead;
                    meter.Set(bytes, Pace(time.GetElapsedTime(started).TotalSeconds));
                }
            });
        }
        finally
        {
            Remember(state);
        }

        var seconds = time.GetElapsedTime(started).TotalSeconds;
        return new ImportSummary(count, requests, client.Retries, state.Line, seconds, count / Math.Max(1e-3, seconds));
    }

    /// <summary>Counts a batch; batches end in any order, so the line moves on only over a row without gaps.</summary>
    void Accept(ImportBatch batch, ImportState state)
    {
        lock (gate)
        {
            count += batch.Lines.Count;
            requests++;
            acceptedAhead.Add(batch.Number, batch.Lines[^1]);
            while (acceptedAhead.Remove(nextBatch, out var line))
            {
                acceptedLine = line;
                nextBatch++;
            }

            if (time.GetElapsedTime(remembered) >= RememberEvery)
            {
                Remember(state);
                remembered = time.GetTimestamp();
            }
        }
    }

    /// <summary>Elements a second, and the time that the rest of the file takes at this rate.</summary>
    string Pace(double seconds)
    {
        var left = bytes == 0 ? "" : $", {Meter.Duration(TimeSpan.FromSeconds((fileBytes - bytes) * seconds / bytes))} left";
        return string.Create(CultureInfo.InvariantCulture, $"{count:N0} {target.Noun}, {count / Math.Max(1e-3, seconds):N0} {target.Noun}/s{left}");
    }

    void Remember(ImportState state)
    {
        if (options.StateFile is not null)
        {
            (state with { Line = acceptedLine }).Save(options.StateFile);
        }
    }
}
