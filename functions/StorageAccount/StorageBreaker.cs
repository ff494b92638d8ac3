using Polly;
using Polly.CircuitBreaker;
using SasRec.Functions.Http;

namespace SasRec.Functions.StorageAccount;

/// <summary>Stands before storage for requests: while storage fails it is not asked, so that nobody waits for it and nobody keeps it slow.</summary>
/// <remarks>Half of the calls of five seconds have to fail. Two seconds later one call is let through, and decides.</remarks>
sealed class StorageBreaker(TimeProvider clock)
{
    static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    readonly ResiliencePipeline pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            FailureRatio = 0.5,
            MinimumThroughput = 3,
            SamplingDuration = Window,
            BreakDuration = Pause,
            ShouldHandle = call => ValueTask.FromResult(call.Outcome.Exception is { } e && StorageFailure.Is(e)),
        })
        .Build();

    /// <summary>Asks storage, or does not.</summary>
    /// <param name="ask">The call, with a bound of its own.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="BrokenCircuitException">Storage has failed of late and is not asked; <see cref="StorageFailure"/> counts it as its failure.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellation) =>
        await pipeline.ExecuteAsync(async token => await ask(token), cancellation);
}
