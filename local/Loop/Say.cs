using System.Diagnostics;
using System.Globalization;

namespace SasRec.Loop;

/// <summary>What the person at the terminal reads: one line a step with the time since the start; machines read standard output.</summary>
static class Say
{
    static readonly long Started = Stopwatch.GetTimestamp();

    public static void Line(string text) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(Started).TotalSeconds,7:F1} s  {text}"));

    /// <summary>Indented detail under the line before.</summary>
    public static void Detail(string text) => Console.Error.WriteLine($"           {text}");
}
