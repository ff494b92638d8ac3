using System.Text.Json;
using SasRec.Core.Contracts;
using SasRec.Core.Items;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Import;

/// <summary>A file of items as the catalogue would hold it, without the API: what training on a file knows of its items.</summary>
static class CatalogueFile
{
    static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Reads every item.</summary>
    /// <exception cref="UserError">A line cannot be read: the message has its number and what was found.</exception>
    public static IEnumerable<CatalogueItem> Read(string path)
    {
        foreach (var item in ItemFile.Open(path).Read())
        {
            CatalogueItem? read;
            try
            {
                read = JsonSerializer.Deserialize<CatalogueItem>(item.Json, Web);
            }
            catch (JsonException e)
            {
                throw new UserError($"{path}: Line {item.Line}: {e.Message}", e) { Code = ExitCode.Usage };
            }

            yield return read!;
        }
    }
}
