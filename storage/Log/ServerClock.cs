using Azure;

namespace SasRec.Storage.Log;

/// <summary>The storage server's clock as its answers tell it, to the second.</summary>
sealed class ServerClock(TimeProvider time)
{
    /// <summary>What the Date header leaves open: it names whole seconds.</summary>
    public static readonly TimeSpan Resolution = TimeSpan.FromSeconds(1);

    long offset;

    /// <summary>The time that the server's clock shows, as far as is known.</summary>
    public DateTimeOffset Now => time.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref offset));

    /// <summary>The time at which the server answered, at most <see cref="Resolution"/> too early.</summary>
    /// <exception cref="InvalidOperationException">The answer has no Date header.</exception>
    public DateTimeOffset Observe(Response response)
    {
        var server = response.Headers.Date ?? throw new InvalidOperationException("The storage server's answer has no Date header.");
        var error = server - Now;
        if (error > TimeSpan.Zero || error < -Resolution)
        {
            Interlocked.Exchange(ref offset, (server - time.GetUtcNow()).Ticks);
        }

        return server;
    }
}
