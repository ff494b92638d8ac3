using Microsoft.Extensions.DependencyInjection;
using SasRec.Portable.LocalHost.Configuration;

namespace SasRec.Portable.LocalHost.Invocation;

/// <summary>Cancels an invocation when its trigger does, or after host.json's functionTimeout.</summary>
sealed class InvocationTimeout : IDisposable
{
    readonly CancellationTokenSource? timer;
    readonly CancellationTokenSource? linked;

    InvocationTimeout(TimeSpan? after, TimeProvider time, CancellationToken trigger)
    {
        timer = after is { } span ? new CancellationTokenSource(span, time) : null;
        linked = timer is null ? null : CancellationTokenSource.CreateLinkedTokenSource(timer.Token, trigger);
        Token = linked?.Token ?? trigger;
    }

    public CancellationToken Token { get; }

    public static InvocationTimeout Of(HostSettings host, IServiceProvider services, CancellationToken trigger) =>
        new(host.FunctionTimeout, services.GetService<TimeProvider>() ?? TimeProvider.System, trigger);

    public void Dispose()
    {
        linked?.Dispose();
        timer?.Dispose();
    }
}
