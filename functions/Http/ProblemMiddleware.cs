using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;

namespace SasRec.Functions.Http;

/// <summary>Answers refused requests and storage failures of every HTTP function as application/problem+json.</summary>
sealed class ProblemMiddleware(ILogger<ProblemMiddleware> log) : IFunctionsWorkerMiddleware
{
    static readonly ConcurrentDictionary<string, string?> Consequences = new(StringComparer.Ordinal);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        if (await AnswerAsync(
            () => next(context), Consequences.GetOrAdd(context.FunctionDefinition.EntryPoint, Consequence), http.RequestAborted) is { } problem)
        {
            context.GetInvocationResult().Value = problem;
        }
    }

    /// <summary>Runs a function.</summary>
    /// <param name="run">The function.</param>
    /// <param name="consequence">What a storage failure means to the client; null where failures are not expected.</param>
    /// <param name="left">Cancelled when the client has left.</param>
    /// <returns>The problem to answer with; null where the function has its own answer.</returns>
    public async Task<IResult?> AnswerAsync(Func<Task> run, string? consequence, CancellationToken left = default)
    {
        try
        {
            await run();
            return null;
        }
        catch (Exception e) when (Cause(e) is RefusedException refused)
        {
            return refused.Problem;
        }
        catch (Exception e) when (consequence is not null && (StorageFailure.Is(e) || StorageFailure.Is(Cause(e)) || (Cause(e) is OperationCanceledException && !left.IsCancellationRequested)))
        {
            // A work of others that was given up, such as a report that several wait for, is a failure to this one too.
            log.LogError(e, "Storage failed. {Consequence}", consequence);
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, "Storage is out of reach.", consequence);
        }
    }

    /// <summary>The exception of the function: the worker hands it on as the only one of an aggregate.</summary>
    static Exception Cause(Exception e) => e is AggregateException { InnerExceptions: [var only] } ? only : e;

    /// <summary>What the function's method says of storage failures; null where it says nothing.</summary>
    /// <param name="entryPoint">"Namespace.Type.Method", as the worker knows the function.</param>
    static string? Consequence(string entryPoint)
    {
        var end = entryPoint.LastIndexOf('.');
        return typeof(ProblemMiddleware).Assembly.GetType(entryPoint[..end])
            ?.GetMethod(entryPoint[(end + 1)..], BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
            ?.GetCustomAttribute<OnStorageFailureAttribute>()?.Consequence;
    }
}
