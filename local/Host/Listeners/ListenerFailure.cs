using System.Runtime.ExceptionServices;
using Microsoft.Azure.WebJobs.Host.Timers;
using Microsoft.Extensions.Hosting;

namespace SasRec.Host.Listeners;

/// <summary>Hears of a listener that gave up, where the SDK by itself would end the process.</summary>
sealed class ListenerFailure : IWebJobsExceptionHandlerFactory, IWebJobsExceptionHandler
{
    readonly TaskCompletionSource<Exception> failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for a failure.</summary>
    /// <returns>The failure; null where it was cancelled before one came.</returns>
    public async Task<Exception?> WaitAsync(CancellationToken cancellation)
    {
        try
        {
            return await failed.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public IWebJobsExceptionHandler Create(IHost jobHost) => this;

    public Task OnUnhandledExceptionAsync(ExceptionDispatchInfo exceptionInfo)
    {
        failed.TrySetResult(exceptionInfo.SourceException);
        return Task.CompletedTask;
    }

    public Task OnTimeoutExceptionAsync(ExceptionDispatchInfo exceptionInfo, TimeSpan timeoutGracePeriod) => OnUnhandledExceptionAsync(exceptionInfo);
}
