using System.Diagnostics;

namespace SasRec.Bench.Serve;

/// <summary>What some connections saw that asked for one recommendation after another.</summary>
/// <param name="Requests">Answers.</param>
/// <param name="Seconds">From the first to the last.</param>
/// <param name="P50Ms">Median.</param>
/// <param name="P99Ms">99th percentile.</param>
sealed record Load(int Requests, double Seconds, double P50Ms, double P99Ms)
{
    /// <summary>Asks for some time.</summary>
    /// <param name="http">A client of the API.</param>
    /// <param name="connections">How many ask at once, each again as soon as it has its answer.</param>
    /// <param name="path">The path of the n-th request.</param>
    /// <param name="time">For how long.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<Load> RunAsync(
        HttpClient http, int connections, Func<int, string> path, TimeSpan time, CancellationToken cancellation)
    {
        var (start, next) = (Stopwatch.GetTimestamp(), -1);
        var latencies = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(AskAsync, cancellation)));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var all = latencies.SelectMany(l => l).Order().ToArray();
        return new Load(all.Length, seconds, all[all.Length / 2], all[(int)(all.Length * 0.99)]);

        async Task<List<double>> AskAsync()
        {
            List<double> took = [];
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var began = Stopwatch.GetTimestamp();
                using var answer = await http.GetAsync(path(Interlocked.Increment(ref next)), cancellation);
                answer.EnsureSuccessStatusCode();
                await answer.Content.ReadAsByteArrayAsync(cancellation);
                took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }

            return took;
        }
    }
}
