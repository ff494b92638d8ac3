using System.Text.Json;
using SasRec.Infra.Tests.Arm;

namespace SasRec.Infra.Tests.Checks;

/// <summary>The files of this repository; a test may see one of them with a fault planted in it.</summary>
sealed class Repository
{
    /// <summary>The path of what infra/main.bicep compiles to, which is in no folder.</summary>
    public const string Compiled = "infra/main.json";

    /// <summary>The folder of the repository.</summary>
    public static readonly string Root = FindRoot();
    static readonly Lazy<Compilation> Infra = new(() => BicepCompiler.Compile(Path.Combine(Root, "infra", "main.bicep")));

    readonly (string Path, string Text)? planted;
    readonly Lazy<ArmTemplate> template;

    Repository((string Path, string Text)? planted, Repository? sound)
    {
        this.planted = planted;
        template = sound is null || planted?.Path == Compiled
            ? new(() => new ArmTemplate(JsonDocument.Parse(Text(Compiled)).RootElement))
            : sound.template;
    }

    /// <summary>The repository as it is.</summary>
    public static Repository Sound { get; } = new(null, null);

    /// <summary>What the compiler says of infra, which is compiled once for all tests.</summary>
    public static IReadOnlyList<string> Diagnostics => Infra.Value.Diagnostics;

    /// <summary>What infra/main.bicep compiles to.</summary>
    public ArmTemplate Main => template.Value;

    /// <summary>The Bicep files, by path from the root.</summary>
    public static IEnumerable<string> BicepFiles { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Root, "infra"), "*.bicep").Select(file => $"infra/{Path.GetFileName(file)}").Order()];

    /// <summary>The template of a module of main.bicep, by its symbolic name.</summary>
    public ArmTemplate Module(string name) => Main.Modules[name].Template;

    /// <summary>The text of a file.</summary>
    /// <param name="path">From the root, with '/'.</param>
    public string Text(string path) =>
        planted is { } fault && fault.Path == path ? fault.Text
        : path == Compiled ? Infra.Value.Template
        : File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Whether there is a file or folder.</summary>
    public bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    /// <summary>The C# files below folders, by path from the root.</summary>
    public IEnumerable<(string Path, string Text)> Sources(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file).Replace('\\', '/')
        select (path, Text(path));

    /// <summary>This repository with one piece of text replaced by another.</summary>
    public Repository With(string path, string piece, string replacement)
    {
        var text = Text(path);
        Assert.Contains(piece, text, StringComparison.Ordinal);
        return new Repository((path, text.Replace(piece, replacement, StringComparison.Ordinal)), this);
    }

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SasRec.Serverless.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not in the repository.");
        }

        return folder.FullName;
    }
}
