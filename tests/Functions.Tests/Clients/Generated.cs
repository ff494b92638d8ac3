using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SasRec.Functions.Tests.Clients;

/// <summary>Generated C#, compiled and called by the names of the description.</summary>
static class Generated
{
    /// <summary>Compiles sources against everything that the tests have.</summary>
    public static Assembly Compile(string name, IEnumerable<string> sources)
    {
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var compilation = CSharpCompilation.Create(
            name, sources.Select(source => CSharpSyntaxTree.ParseText(source)), assemblies.Select(path => MetadataReference.CreateFromFile(path)), new(OutputKind.DynamicallyLinkedLibrary));
        var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(found => found.Severity == DiagnosticSeverity.Error).Take(10)));
        assembly.Position = 0;
        return AssemblyLoadContext.Default.LoadFromStream(assembly);
    }

    /// <summary>Whether a name of the code stands for a name of the description.</summary>
    public static bool Is(string code, string described) => Letters(code).Equals(Letters(described), StringComparison.OrdinalIgnoreCase);

    /// <summary>A value as a parameter's type.</summary>
    public static object? As(Type type, object value)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsInstanceOfType(value) ? value
            : plain.IsEnum ? Enum.Parse(plain, (string)value, ignoreCase: true)
            : Convert.ChangeType(value, plain, CultureInfo.InvariantCulture);
    }

    /// <summary>What a task brings; null for one that brings nothing.</summary>
    public static async Task<object?> ResultAsync(object? task)
    {
        await (Task)task!;
        return task.GetType().GetProperty("Result")?.GetValue(task);
    }

    static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit));
}
