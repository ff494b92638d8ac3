using System.Diagnostics;
using System.Reflection;

namespace SasRec.Infra.Tests.Arm;

/// <summary>The Bicep compiler, from the NuGet package that the project file names.</summary>
static class BicepCompiler
{
    // Whether this rule complains depends on the date, and what passed once must go on passing.
    const string Dated = " use-recent-api-versions:";

    static readonly string Program = typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "BicepCompiler").Value!;

    /// <summary>Compiles a file with its modules and lints it by the bicepconfig.json beside it.</summary>
    public static Compilation Compile(string path)
    {
        using var process = Process.Start(new ProcessStartInfo(Program, ["build", path, "--stdout"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var diagnostics = process.StandardError.ReadToEndAsync();
        var template = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(template, [.. diagnostics.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.Contains(Dated, StringComparison.Ordinal))]);
    }
}

/// <summary>What the compiler made of a file.</summary>
/// <param name="Template">The ARM template; empty where there are errors.</param>
/// <param name="Diagnostics">Errors and warnings, one a line: FILE(LINE,COLUMN) : LEVEL CODE: MESSAGE.</param>
sealed record Compilation(string Template, IReadOnlyList<string> Diagnostics);
