using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Import;

/// <summary>Sends batches until they are accepted or refused for good.</summary>
sealed class ImportClient : IDisposable
{
    static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);
    static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(100);

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
        var http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
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
        try
        {
            using var response = await Retrying().ExecuteAsync(async token => await http.SendAsync(Request(batch), token), cancellation);
            if (response.IsSuccessStatusCode)
            {
                return;
            }

            throw MayPass(Outcome.FromResult(response))
                ? NotTaken(batch, $"it answers {(int)response.StatusCode}")
                : new UserError(await RefusalAsync(batch, response, cancellation));
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException)
        {
            throw NotTaken(batch, e.Message.TrimEnd('.'));
        }
    }

    /// <summary>Sends again what may succeed later, as <c>Retry-After</c> asks or after doubling delays, for <see cref="retryFor"/>.</summary>
    ResiliencePipeline<HttpResponseMessage> Retrying()
    {
        var started = time.GetTimestamp();
        return new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new HttpRetryStrategyOptions
            {
                Delay = FirstDelay,
                MaxDelay = LongestDelay,
                BackoffType = DelayBackoffType.Exponential,
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = args => ValueTask.FromResult(
                    MayPass(args.Outcome) && time.GetElapsedTime(started) <= retryFor),
                OnRetry = _ =>
                {
                    Interlocked.Increment(ref retries);
                    return default;
                },
            })
            .AddTimeout(AttemptTimeout)
            .Build();
    }

    /// <summary>Whether the same request may succeed later.</summary>
    static bool MayPass(Outcome<HttpResponseMessage> outcome) => HttpClientResiliencePredicates.IsTransient(outcome);

    HttpRequestMessage Request(ImportBatch batch) => new(target.Method, new Uri(target.Path, UriKind.Relative))
    {
        Content = new ReadOnlyMemoryContent(batch.Body) { Headers = { ContentType = new("application/json") } },
    };

    UserError NotTaken(ImportBatch batch, string trouble) => new(
        $"{Address}{target.Path} did not take lines {batch.Lines[0]} to {batch.Lines[^1]} for {retryFor.TotalSeconds:N0} s: " +
        $"{trouble}. Check that the host runs, then repeat the command: nothing is doubled.");

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
