using System.Text.Json;
using SasRec.Storage.Models;

namespace SasRec.Functions.Inference;

/// <summary>The models of an instance on its disk: the one that serves and the one before. A new process starts from them where storage is out
/// of reach.</summary>
/// <param name="folder">Where they are; empty for nowhere.</param>
sealed class ModelCache(string folder)
{
    const string Manifest = "manifest.json";
    const int Kept = 2;

    /// <summary>Whether models are kept.</summary>
    public bool Enabled => folder.Length > 0;

    /// <summary>Where the files of a version are, or would be; downloading goes on with those that are there and whole.</summary>
    public string FolderOf(string version) => Path.Combine(folder, version);

    /// <summary>Says that a version is complete, and removes all but the newest used.</summary>
    public void Keep(ModelManifest manifest)
    {
        File.WriteAllBytes(Path.Combine(FolderOf(manifest.Version), Manifest), JsonSerializer.SerializeToUtf8Bytes(manifest));
        foreach (var old in Newest().Skip(Kept))
        {
            Directory.Delete(old, recursive: true);
        }
    }

    /// <summary>The complete versions, the last used first.</summary>
    public IEnumerable<ModelManifest> Find() => Newest().Select(Read).OfType<ModelManifest>();

    static ModelManifest? Read(string version)
    {
        try
        {
            return JsonSerializer.Deserialize<ModelManifest>(File.ReadAllBytes(Path.Combine(version, Manifest)));
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Beside the versions stands the catalogue, a file.
    string[] Newest() => !Directory.Exists(folder)
        ? []
        : [.. Directory.GetDirectories(folder).OrderByDescending(version => File.GetLastWriteTimeUtc(Path.Combine(version, Manifest)))];
}
