using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace SasRec.Client;

/// <summary>The handler that sends again what may succeed later, when Retry-After says, or after delays that double.</summary>
static class Retries
{
    public static HttpMessageHandler Handler(SasRecClientOptions options)
    {
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = options.Clock }
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.FirstDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = true,
            })
            .AddTimeout(options.Timeout)
            .Build();
        return new ResilienceHandler(pipeline) { InnerHandler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) } };
    }
}
