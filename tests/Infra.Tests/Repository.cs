using SasRec.Infra.Tests.Bicep;

namespace SasRec.Infra.Tests;

/// <summary>The files of this repository; a test may see one of them with a fault planted in it.</summary>
sealed class Repository
{
    static readonly BicepReader Reader = new(FindRoot());

    readonly string root;
    readonly (string Path, string Text)? planted;
    readonly Lazy<IReadOnlyDictionary<string, BicepFile>> bicep;

    Repository(string root, (string Path, string Text)? planted, Repository? sound)
    {
        (this.root, this.planted) = (root, planted);
        bicep = new(() => sound is null || planted is not { } fault
            ? Reader.Read(BicepNames().ToDictionary(name => name, name => Text($"infra/{name}")))
            : fault.Path.EndsWith(".bicep", StringComparison.Ordinal)
                ? new Dictionary<string, BicepFile>(sound.Bicep)
                {
                    [Path.GetFileName(fault.Path)] = Reader.Read(new Dictionary<string, string> { ["it"] = fault.Text })["it"],
                }
                : sound.Bicep);
    }

    /// <summary>The repository as it is.</summary>
    public static Repository Sound { get; } = new(FindRoot(), null, null);

    /// <summary>The files of infra/, by name.</summary>
    public IReadOnlyDictionary<string, BicepFile> Bicep => bicep.Value;

    /// <summary>The text of a file.</summary>
    /// <param name="path">From the root, with '/'.</param>
    public string Text(string path) => planted is { } fault && fault.Path == path ? fault.Text : File.ReadAllText(Path.Combine(root, path));

    /// <summary>Whether there is a file or folder.</summary>
    public bool Exists(string path) => Path.Exists(Path.Combine(root, path));

    /// <summary>The C# files below folders, by path from the root.</summary>
    public IEnumerable<(string Path, string Text)> Sources(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(root, file).Replace('\\', '/')
        select (path, Text(path));

    /// <summary>This repository with one piece of text replaced by another.</summary>
    public Repository With(string path, string piece, string replacement)
    {
        var text = Text(path);
        Assert.Contains(piece, text, StringComparison.Ordinal);
        return new Repository(root, (path, text.Replace(piece, replacement, StringComparison.Ordinal)), this);
    }

    IEnumerable<string> BicepNames() =>
        Directory.EnumerateFiles(Path.Combine(root, "infra"), "*.bicep").Select(file => Path.GetFileName(file)!);

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
