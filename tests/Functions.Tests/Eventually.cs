using System.Diagnostics;

namespace SasRec.Functions.Tests;

/// <summary>Waits on conditions, with a deadline.</summary>
static class Eventually
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    public static Task TrueAsync(string what, Func<Task<bool>> condition) =>
        GetAsync(what, condition, met => met);

    /// <summary>Asks again and again, until the answer is as it should be.</summary>
    public static async Task<T> GetAsync<T>(string what, Func<Task<T>> ask, Func<T, bool> met)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var answer = await ask();
            if (met(answer))
            {
                return answer;
            }

            Assert.True(clock.Elapsed < Deadline, $"After {Deadline.TotalSeconds} s still not: {what}. Last seen: {answer}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
