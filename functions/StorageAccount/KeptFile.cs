using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SasRec.Functions.StorageAccount;

/// <summary>What an instance last read from storage, on its disk: a new process starts from it where storage is out of reach.</summary>
/// <param name="folder">The folder; empty for nowhere.</param>
/// <param name="name">The file's name.</param>
/// <param name="type">How the value is written.</param>
sealed class KeptFile<T>(string folder, string name, JsonTypeInfo<T> type)
    where T : class
{
    string Path => System.IO.Path.Combine(folder, name);

    /// <summary>Writes the value in the place of the one before, whole or not at all.</summary>
    public void Keep(T value)
    {
        if (folder.Length == 0)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        var partial = Path + ".partial";
        File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes(value, type));
        File.Move(partial, Path, overwrite: true);
    }

    /// <summary>The value as it was kept; null where there is none that can be read.</summary>
    public T? Find()
    {
        try
        {
            return folder.Length > 0 && File.Exists(Path) ? JsonSerializer.Deserialize(File.ReadAllBytes(Path), type) : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
