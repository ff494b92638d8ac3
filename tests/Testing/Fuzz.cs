using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SasRec.Testing;

/// <summary>How long random inputs are tried: 20 s in <c>./test</c>, 3 s in <c>./test fast</c>, and by hand as long as <c>FUZZ_SECONDS</c> says.</summary>
public static class Fuzz
{
    const string Meaningful = "\"\n\r,;\t|:{}[]\\\0#-eE.";

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

    /// <summary>One of several texts after one to seven damages: bytes changed, taken out, repeated, or put in.</summary>
    /// <param name="random">Decides everything.</param>
    /// <param name="texts">What is whole.</param>
    /// <param name="pieces">What is put in at some place, besides single characters that have a meaning in JSON or CSV.</param>
    public static byte[] Damaged(Random random, string[] texts, params string[] pieces)
    {
        var bytes = Encoding.UTF8.GetBytes(texts[random.Next(texts.Length)]).ToList();
        for (var change = random.Next(1, 8); change > 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(pieces.Length > 0 ? 5 : 4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(Math.Min(9, bytes.Count - at)));
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(Math.Min(30, bytes.Count - at))));
                    break;
                case 3:
                    bytes.Insert(at, (byte)Meaningful[random.Next(Meaningful.Length)]);
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }
}
