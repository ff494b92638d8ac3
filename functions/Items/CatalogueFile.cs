using System.Text.Json;
using System.Text.Json.Serialization;
using SasRec.Core.Items;
using SasRec.Functions.Http;

namespace SasRec.Functions.Items;

/// <summary>The catalogue of an instance on its disk, beside its model.</summary>
/// <param name="folder">The folder; empty for none.</param>
sealed class CatalogueFile(string folder)
{
    string Path => System.IO.Path.Combine(folder, "catalogue.json");

    /// <summary>Writes the catalogue in the place of the one before, whole or not at all.</summary>
    public void Keep(Catalogue catalogue)
    {
        if (folder.Length == 0)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        var partial = Path + ".partial";
        File.WriteAllBytes(partial, JsonSerializer.SerializeToUtf8Bytes([.. catalogue.Items], CatalogueJson.Stored.ListCatalogueItem));
        File.Move(partial, Path, overwrite: true);
    }

    /// <summary>The catalogue as it was kept; null where there is none that can be read.</summary>
    public IReadOnlyList<CatalogueItem>? Find()
    {
        try
        {
            return folder.Length > 0 && File.Exists(Path)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(Path), CatalogueJson.Stored.ListCatalogueItem)
                : null;
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>The catalogue as a file.</summary>
[JsonSerializable(typeof(List<CatalogueItem>))]
sealed partial class CatalogueJson : JsonSerializerContext
{
    public static CatalogueJson Stored { get; } = new(ApiJson.Options());
}
