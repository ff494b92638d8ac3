using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace SasRec.Bench;

/// <summary>Keeps results as lines of JSON, each with the machine and the commit that it is of.</summary>
static class BenchRecord
{
    /// <summary>Appends one line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="verb">What was measured.</param>
    /// <param name="arguments">How, as on the command line.</param>
    /// <param name="result">The result as JSON.</param>
    public static void Append(string path, string verb, IReadOnlyList<string> arguments, string result)
    {
        var line = new JsonObject
        {
            ["verb"] = verb,
            ["arguments"] = string.Join(' ', arguments),
            ["at"] = DateTimeOffset.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture),
            ["commit"] = Git("describe", "--always", "--dirty", "--abbrev=10"),
            ["machine"] = $"{Environment.ProcessorCount} cores of {Processor()}, {RuntimeInformation.OSDescription}",
            ["result"] = JsonNode.Parse(result),
        };
        File.AppendAllText(path, line.ToJsonString() + "\n");
    }

    static string Processor()
    {
        const string Name = "model name";
        return File.Exists("/proc/cpuinfo")
            && File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) is { } line
                ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
                : RuntimeInformation.ProcessArchitecture.ToString();
    }

    static string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true });
        var said = git?.StandardOutput.ReadToEnd().Trim();
        return string.IsNullOrEmpty(said) ? "unknown" : said;
    }
}
