using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace SasRec.Functions.Http;

/// <summary>Answers 429 where more requests come than are answered in time: what is taken on stays fast, and what is not is told so at once.</summary>
/// <remarks>Whatever anybody may ask is let through: health has to say the truth under load too.</remarks>
sealed class LoadShedding(LoadOptions options) : IFunctionsWorkerMiddleware, IDisposable
{
    readonly ConcurrencyLimiter limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = options.Limit, QueueLimit = options.MaxWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http || ApiRoutes.IsForAnybody(context.FunctionDefinition.Name))
        {
            await next(context);
            return;
        }

        using var lease = await limiter.AcquireAsync(1, http.RequestAborted);
        if (lease.IsAcquired)
        {
            await next(context);
            return;
        }

        context.GetInvocationResult().Value = Problem.Of(
            StatusCodes.Status429TooManyRequests, "This instance has as many requests as it can answer in time.", "Ask again after the seconds of Retry-After.");
    }

    public void Dispose() => limiter.Dispose();
}
