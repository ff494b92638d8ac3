using System.Net;
using SasRec.Core.Model;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Import;

/// <summary>Sends batches until they are accepted or refused for good.</summary>
sealed class ImportClient : IDisposable
{
    static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    readonly HttpClient http;
    readonly ImportTarget target;
    readonly TimeSpan retryFor;
    readonly TimeProvider time;
    long retries;

    ImportClient(HttpClient http, ImportTarget target, TimeSpan retryFor, TimeProvider time) =>
        (this.http, this.target, this.retryFor, this.time) = (http, target, retryFor, time);

    /// <summary>How many requests were sent again.</summary>
    public long Retries => Interlocked.Read(ref retries);

    /// <summary>The address of the host.</summary>
    public Uri Address => http.BaseAddress!;

    /// <summary>A client.</summary>
    /// <param name="address">The host, ending in a slash.</param>
    /// <param name="target">What is sent, and where to.</param>
    /// <param name="key">The function key, if the host wants one.</param>
    /// <param name="retryFor">How long a request is tried again before it fails.</param>
    /// <param name="time">The clock.</param>
    public static ImportClient Create(Uri address, ImportTarget target, string? key, TimeSpan retryFor, TimeProvider time)
    {
        var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(100) };
        if (!string.IsNullOrEmpty(key))
        {
            http.DefaultRequestHeaders.Add("x-functions-key", key);
        }

        return new ImportClient(http, target, retryFor, time);
    }

    /// <summary>Sends one batch. Sent twice it counts once.</summary>
    /// <exception cref="UserError">The host refused it, or did not answer for longer than allowed.</exception>
    public async Task SendAsync(ImportBatch batch, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            var (trouble, wait) = await TryAsync(batch, cancellation);
            if (trouble is null)
            {
                return;
            }

            if (time.GetElapsedTime(started) > retryFor)
            {
                throw new UserError(
                    $"{Address}{target.Path} did not take lines {batch.Lines[0]} to {batch.Lines[^1]} for {retryFor.TotalSeconds:N0} s: " +
                    $"{trouble}. Check that the host runs, then repeat the command: nothing is doubled.");
            }

            Interlocked.Increment(ref retries);
            await Task.Delay(wait ?? BackOff(batch, attempt), time, cancellation);
        }
    }

    /// <summary>Doubling delays; a part of each depends on the batch, so that several do not come back together.</summary>
    static TimeSpan BackOff(ImportBatch batch, int attempt)
    {
        var delay = Math.Min(LongestDelay.TotalSeconds, FirstDelay.TotalSeconds * Math.Pow(2, attempt));
        return TimeSpan.FromSeconds(delay * (0.5 + (0.5 * CounterRandom.Uniform((ulong)batch.Number, (ulong)attempt))));
    }

    /// <summary>One attempt: what kept it from being accepted and is worth another try, null if it was accepted.</summary>
    async Task<(string? Trouble, TimeSpan? Wait)> TryAsync(ImportBatch batch, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(target.Method, new Uri(target.Path, UriKind.Relative));
            request.Content = new ReadOnlyMemoryContent(batch.Body);
            request.Content.Headers.ContentType = new("application/json");
            using var response = await http.SendAsync(request, cancellation);
            if (response.IsSuccessStatusCode)
            {
                return (null, null);
            }

            if (response.StatusCode
                is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError)
            {
                return ($"it answers {(int)response.StatusCode}", response.Headers.RetryAfter?.Delta);
            }

            throw new UserError(await RefusalAsync(batch, response, cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            return (e.Message.TrimEnd('.'), null);
        }
    }

    async Task<string> RefusalAsync(ImportBatch batch, HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = $"{Address}{target.Path} answers {(int)response.StatusCode}";
        return response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                $"{status}: give the function key with --key or SASREC_FUNCTION_KEY.",
            HttpStatusCode.NotFound => $"{status}: this is not the functions host; give its address with --url.",
            _ when ImportProblem.FirstLine(await response.Content.ReadAsByteArrayAsync(cancellation), batch.Lines) is { } problem => problem,
            _ => $"{status} for lines {batch.Lines[0]} to {batch.Lines[^1]}.",
        };
    }

    public void Dispose() => http.Dispose();
}
