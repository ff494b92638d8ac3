using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace SasRec.Bench.Serve;

/// <summary>What was answered while requests came at a rate of their own, however slowly they were answered.</summary>
/// <param name="Accepted">Answers with a slate.</param>
/// <param name="Refused">Answers of 429.</param>
/// <param name="Other">Everything else.</param>
/// <param name="Seconds">How long requests came.</param>
/// <param name="P50Ms">Median of what was accepted, from the moment at which a request was due.</param>
/// <param name="P99Ms">99th percentile of the same.</param>
sealed record Overload(int Accepted, int Refused, int Other, double Seconds, double P50Ms, double P99Ms)
{
    /// <summary>Asks at a rate for some time, and waits for the answers.</summary>
    /// <param name="http">A client of the API.</param>
    /// <param name="rate">Requests a second.</param>
    /// <param name="path">The path of the n-th request.</param>
    /// <param name="time">For how long.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<Overload> RunAsync(
        HttpClient http, double rate, Func<int, string> path, TimeSpan time, CancellationToken cancellation)
    {
        var (accepted, refused, other) = (new ConcurrentBag<double>(), 0, 0);
        List<Task> asked = [];
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            // As many as are due by now: the timer is coarser than the rate.
            for (var due = (int)(Stopwatch.GetElapsedTime(start).TotalSeconds * rate); asked.Count < due;)
            {
                asked.Add(AskAsync(asked.Count));
            }

            await Task.Delay(1, cancellation);
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await Task.WhenAll(asked);
        var all = accepted.Order().ToArray();
        return all.Length == 0
            ? throw new InvalidOperationException($"No request of {asked.Count} was accepted.")
            : new Overload(all.Length, refused, other, seconds, all[all.Length / 2], all[(int)(all.Length * 0.99)]);

        async Task AskAsync(int n)
        {
            var due = n / rate;
            using var answer = await http.GetAsync(path(n), cancellation);
            await answer.Content.ReadAsByteArrayAsync(cancellation);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                accepted.Add((Stopwatch.GetElapsedTime(start).TotalSeconds - due) * 1000);
            }
            else
            {
                Interlocked.Increment(ref answer.StatusCode == HttpStatusCode.TooManyRequests ? ref refused : ref other);
            }
        }
    }
}
