using System.Diagnostics;
using Xunit;

namespace SasRec.Testing;

/// <summary>Waits on conditions, with a deadline.</summary>
public static class Eventually
{
    // Long, so that a busy machine fails no test: it is waited out only where a test fails.
    static readonly TimeSpan Deadline = TimeSpan.FromMinutes(3);

    /// <summary>Asks again and again, until a condition is met.</summary>
    public static Task TrueAsync(string what, Func<Task<bool>> condition) =>
        GetAsync(what, condition, met => met);

    /// <summary>Asks again and again, until the answer is as it should be.</summary>
    /// <exception cref="TimeoutException">It was not in time; the message says what was seen last.</exception>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> met)
    {
        ArgumentNullException.ThrowIfNull(ask);
        ArgumentNullException.ThrowIfNull(met);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask().ConfigureAwait(false);
            if (met(answer))
            {
                return answer;
            }

            if (clock.Elapsed >= Deadline)
            {
                throw new TimeoutException($"After {Deadline.TotalSeconds} s still not: {what}. Last seen: {answer}");
            }

            await Task.Delay(20, TestContext.Current.CancellationToken).ConfigureAwait(false);
        }
    }
}
