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
    /// <param name="response">The answer.</param>
    /// <param name="asked"><see cref="Now"/> when the question was sent.</param>
    /// <exception cref="InvalidOperationException">The answer has no Date header.</exception>
    public DateTimeOffset Observe(Response response, DateTimeOffset asked)
    {
        var server = response.Headers.Date ?? throw new InvalidOperationException("The storage server's answer has no Date header.");

        // The server answered between the question and now: only what lies outside is an error, however slow the answer was.
        var (early, late) = (asked - (server + Resolution), server - Now);
        var error = late > TimeSpan.Zero ? late : early > TimeSpan.Zero ? -early : TimeSpan.Zero;
        Interlocked.Add(ref offset, error.Ticks);
        return server;
    }
}
