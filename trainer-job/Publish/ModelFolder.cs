using System.Text.Json;
using System.Text.Json.Serialization;
using SasRec.Core.Content;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Console;
using SasRec.Trainer.Export;

namespace SasRec.Trainer.Publish;

/// <summary>A model as files in a folder: the network, the weights, the items, and what it is.</summary>
/// <param name="path">The folder.</param>
sealed class ModelFolder(string path)
{
    static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The folder.</summary>
    public string Path => path;

    /// <summary>What the registry keeps of it, by name: the network and the items always, the others where they were written.</summary>
    public IReadOnlyDictionary<string, string> Files =>
        new[]
        {
            Names.ModelBlobs.Network, Names.ModelBlobs.Items, Names.ModelBlobs.Neighbours, Names.ModelBlobs.Content,
            Names.ModelBlobs.Response, Names.ModelBlobs.Weights, Names.ModelBlobs.StrictWeights, Names.ModelBlobs.Encoder, Names.ModelBlobs.ItemTable,
        }
            .Where(name => name is Names.ModelBlobs.Network or Names.ModelBlobs.Items || File.Exists(FileOf(name)))
            .ToDictionary(name => name, FileOf);

    /// <summary>Whether something else trained it: there are no weights to train on from.</summary>
    public bool IsForeign => !File.Exists(FileOf(Names.ModelBlobs.Weights));

    /// <summary>Writes the files, and holds the network that ONNX Runtime loads to the trained one.</summary>
    /// <param name="weights">The trained network.</param>
    /// <param name="items">Its items.</param>
    /// <param name="histories">Histories to compare on; none of them empty, at least one.</param>
    /// <param name="cancellation">Ends the writing.</param>
    /// <param name="roundedFrom">From so many items on, also what serves a large catalogue: encoder and item table in 8 bits.</param>
    /// <returns>The largest difference between the two.</returns>
    /// <exception cref="InvalidDataException">They differ by more than rounding.</exception>
    public async Task<float> WriteAsync(
        SasRecWeights weights, ModelItems items, IReadOnlyList<ReadOnlyMemory<int>> histories, CancellationToken cancellation,
        int roundedFrom = RoundedItemTable.FromItems)
    {
        Directory.CreateDirectory(path);
        await using (var stream = File.Create(FileOf(Names.ModelBlobs.Weights)))
        {
            weights.Save(stream);
        }

        await using (var stream = File.Create(FileOf(Names.ModelBlobs.Items)))
        {
            await items.WriteAsync(stream, cancellation);
        }

        var rounded = weights.ItemCount >= roundedFrom ? RoundedItemTable.Of(weights) : null;
        WriteOrDelete(Names.ModelBlobs.ItemTable, rounded, RoundedItemTableFile.Write);
        File.Delete(FileOf(Names.ModelBlobs.Encoder));
        if (rounded is not null)
        {
            OnnxExport.WriteEncoder(weights, FileOf(Names.ModelBlobs.Encoder));
        }

        OnnxExport.Write(weights, FileOf(Names.ModelBlobs.Network));
        return OnnxCheck.Compare(FileOf(Names.ModelBlobs.Network), weights, histories);
    }

    /// <summary>Writes the weights of the strict training, for the next one to go on from.</summary>
    public void WriteStrict(SasRecWeights weights)
    {
        Directory.CreateDirectory(path);
        using var stream = File.Create(FileOf(Names.ModelBlobs.StrictWeights));
        weights.Save(stream);
    }

    /// <summary>Writes the counts of item pairs; where there are none to add, an older file goes.</summary>
    public void WriteNeighbours(ItemNeighbours? neighbours) => WriteOrDelete(Names.ModelBlobs.Neighbours, neighbours, NeighbourFile.Write);

    /// <summary>Writes the map from the catalogue to embeddings; where there is none, an older file goes.</summary>
    public void WriteContent(ContentMap? content) => WriteOrDelete(Names.ModelBlobs.Content, content, ContentFile.Write);

    /// <summary>Writes the response model; where there is none, an older file goes.</summary>
    public void WriteResponse(ServedResponse? response) =>
        WriteOrDelete(Names.ModelBlobs.Response, response, (written, stream) => written.Write(stream));

    /// <summary>The response model; null where the model has none.</summary>
    /// <exception cref="UserError">It is broken.</exception>
    public ServedResponse? ReadResponse() => ReadIfThere(Names.ModelBlobs.Response, ServedResponse.Read);

    /// <summary>The counts of item pairs; null where the model has none.</summary>
    /// <exception cref="UserError">They are broken.</exception>
    public ItemNeighbours? ReadNeighbours() => ReadIfThere(Names.ModelBlobs.Neighbours, NeighbourFile.Read);

    /// <summary>Writes what the model is.</summary>
    public async Task WriteManifestAsync(ModelManifest manifest, CancellationToken cancellation)
    {
        await using var stream = File.Create(FileOf(Names.ModelBlobs.Manifest));
        await JsonSerializer.SerializeAsync(stream, manifest, JsonOptions, cancellation);
    }

    /// <summary>What the model is.</summary>
    /// <exception cref="UserError">It is missing or broken.</exception>
    public async Task<ModelManifest> ReadManifestAsync(CancellationToken cancellation)
    {
        await using var stream = Open(Names.ModelBlobs.Manifest);
        try
        {
            var json = await BinaryData.FromStreamAsync(stream, cancellation);
            return ModelManifest.Read(json);
        }
        catch (JsonException e)
        {
            throw new UserError($"{stream.Name} is no manifest: {e.Message}", e);
        }
        catch (NewerFormatException e)
        {
            throw new UserError($"{stream.Name}: {e.Message}", e);
        }
    }

    /// <summary>The weights.</summary>
    /// <param name="name">Those of the network, or those of the strict training.</param>
    /// <exception cref="UserError">They are missing or broken.</exception>
    public SasRecWeights ReadWeights(string name = Names.ModelBlobs.Weights)
    {
        using var stream = Open(name);
        try
        {
            return SasRecWeights.Load(stream);
        }
        catch (InvalidDataException e)
        {
            throw new UserError($"{stream.Name}: {e.Message}", e);
        }
    }

    /// <summary>The items.</summary>
    /// <exception cref="UserError">They are missing or broken.</exception>
    public async Task<ModelItems> ReadItemsAsync(CancellationToken cancellation)
    {
        await using var stream = Open(Names.ModelBlobs.Items);
        try
        {
            return await ModelItems.ReadAsync(stream, cancellation);
        }
        catch (InvalidDataException e)
        {
            throw new UserError($"{stream.Name}: {e.Message}", e);
        }
    }

    /// <summary>A few histories of different users and lengths to compare networks on.</summary>
    /// <param name="data">Where they come from.</param>
    /// <param name="most">How many at most.</param>
    public static IReadOnlyList<ReadOnlyMemory<int>> Probes(SequenceDataset data, int most = 64)
    {
        var users = Enumerable.Range(0, data.UserCount).Where(user => data.Length(user) > 0).ToArray();
        var step = Math.Max(1, users.Length / most);
        return [.. users.Where((_, i) => i % step == 0).Take(most).Select(data.ItemsMemory)];
    }

    FileStream Open(string name)
    {
        try
        {
            return File.OpenRead(FileOf(name));
        }
        catch (IOException e)
        {
            throw new UserError($"{path} is not the folder of a model: {e.Message}", e);
        }
    }

    string FileOf(string name) => System.IO.Path.Combine(path, name);

    void WriteOrDelete<T>(string name, T? part, Action<T, Stream> write)
        where T : class
    {
        Directory.CreateDirectory(path);
        if (part is null)
        {
            File.Delete(FileOf(name));
            return;
        }

        using var stream = File.Create(FileOf(name));
        write(part, stream);
    }

    T? ReadIfThere<T>(string name, Func<Stream, T> read)
        where T : class
    {
        if (!File.Exists(FileOf(name)))
        {
            return null;
        }

        using var stream = Open(name);
        try
        {
            return read(stream);
        }
        catch (InvalidDataException e)
        {
            throw new UserError($"{stream.Name}: {e.Message}", e);
        }
    }
}
