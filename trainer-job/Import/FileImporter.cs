using System.Globalization;
using SasRec.Trainer.Commands;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Import;

/// <summary>What an import came to.</summary>
/// <param name="Events">How many events were accepted.</param>
/// <param name="Requests">In how many requests.</param>
/// <param name="Retries">How many requests had to be sent again.</param>
/// <param name="SkippedLines">Lines that an earlier sitting had sent.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="EventsPerSecond">The rate.</param>
public sealed record ImportSummary(long Events, long Requests, long Retries, long SkippedLines, double Seconds, double EventsPerSecond);

/// <summary>Sends a file's interactions in batches, a few at a time, and remembers which lines are accepted.</summary>
sealed class FileImporter(InteractionFile file, string path, EventsClient client, ImportOptions options, TimeProvider time)
{
    static readonly TimeSpan RememberEvery = TimeSpan.FromSeconds(1);

    readonly Lock gate = new();
    readonly Dictionary<long, long> acceptedAhead = [];
    long nextBatch, acceptedLine, events, requests, bytes, remembered;

    /// <summary>Sends the file.</summary>
    /// <param name="meter">Told the bytes of the file that are done.</param>
    /// <param name="cancellation">Ends the import; what was accepted is remembered.</param>
    public async Task<ImportSummary> RunAsync(Meter meter, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var state = options.StateFile is null
            ? ImportState.Begin(path, client.Address)
            : ImportState.Load(options.StateFile, path, client.Address);
        acceptedLine = state.Line;
        Remember(state);
        var times = EventTimes.Of(file, options.Times, time.GetUtcNow());
        var sending = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellation };
        try
        {
            await Parallel.ForEachAsync(EventBatch.Pack(file, times, options.BatchSize, state.Line), sending, async (batch, stop) =>
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
        return new ImportSummary(events, requests, client.Retries, state.Line, seconds, events / Math.Max(1e-3, seconds));
    }

    /// <summary>Counts a batch; batches end in any order, so the line moves on only over a row without gaps.</summary>
    void Accept(EventBatch batch, ImportState state)
    {
        lock (gate)
        {
            events += batch.Lines.Count;
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

    /// <summary>Events a second, and the time that the rest of the file takes at this rate.</summary>
    string Pace(double seconds)
    {
        var left = bytes == 0 ? "" : $", {Meter.Duration(TimeSpan.FromSeconds((file.Bytes - bytes) * seconds / bytes))} left";
        return string.Create(CultureInfo.InvariantCulture, $"{events:N0} events, {events / Math.Max(1e-3, seconds):N0} events/s{left}");
    }

    void Remember(ImportState state)
    {
        if (options.StateFile is not null)
        {
            (state with { Line = acceptedLine }).Save(options.StateFile);
        }
    }
}
