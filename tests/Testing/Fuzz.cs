using System.Diagnostics;
using System.Globalization;

namespace SasRec.Testing;

/// <summary>How long random inputs are tried: 20 s in <c>./test</c>, 3 s in <c>./test fast</c>, and by hand as long as <c>FUZZ_SECONDS</c> says.</summary>
public static class Fuzz
{
    static readonly TimeSpan Time = TimeSpan.FromSeconds(double.Parse(
        Environment.GetEnvironmentVariable("FUZZ_SECONDS") is { Length: > 0 } given ? given : StorageEmulator.IsFast ? "3" : "20", CultureInfo.InvariantCulture));

    /// <summary>0, 1, 2, ... until the time is over, and at least so many: each makes an input, and a failure names it.</summary>
    /// <param name="min">The minimum.</param>
    public static IEnumerable<int> Seeds(int min)
    {
        var started = Stopwatch.GetTimestamp();
        for (var seed = 0; seed < min || Stopwatch.GetElapsedTime(started) < Time; seed++)
        {
            yield return seed;
        }
    }
}
