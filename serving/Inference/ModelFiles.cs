using SasRec.Core.Content;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Serving.Inference;

/// <summary>What the files of a model hold. Each that knows items knows as many as <paramref name="Items"/>.</summary>
/// <param name="Manifest">The model's manifest.</param>
/// <param name="Items">The items and their counts.</param>
/// <param name="Network">Scores histories; null where popularity alone answers.</param>
/// <param name="Neighbours">Counts of item pairs; null for models of earlier releases.</param>
/// <param name="Content">Places new items by what the catalogue says; null where it tells nothing.</param>
/// <param name="Response">What users take of what they are served; null where too little is known of it.</param>
sealed record ModelFiles(
    ModelManifest Manifest, ModelItems Items, INetwork? Network, ItemNeighbours? Neighbours, ContentMap? Content, ServedResponse? Response)
{
    /// <summary>Downloads the files that <see cref="ReadAsync"/> reads.</summary>
    public static async Task<ModelManifest> DownloadAsync(
        ModelRegistry registry, string version, string folder, CancellationToken cancellation)
    {
        var published = (await registry.GetAsync(version, cancellation)).Files;
        string[] network = published.ContainsKey(Names.ModelBlobs.Encoder) && published.ContainsKey(Names.ModelBlobs.ItemTable)
            ? [Names.ModelBlobs.Encoder, Names.ModelBlobs.ItemTable]
            : [Names.ModelBlobs.Network];
        string[] optional = [Names.ModelBlobs.Neighbours, Names.ModelBlobs.Content, Names.ModelBlobs.Response];
        return await registry.DownloadAsync(
            version, folder, [.. network, Names.ModelBlobs.Items, .. optional.Where(published.ContainsKey)], cancellation);
    }

    /// <summary>Reads a model's files.</summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="folder">Where they are.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="InvalidDataException">The files do not fit together; the message says how.</exception>
    /// <exception cref="Microsoft.ML.OnnxRuntime.OnnxRuntimeException">ONNX Runtime refuses the network.</exception>
    public static async Task<ModelFiles> ReadAsync(ModelManifest manifest, string folder, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(Path.Combine(folder, Names.ModelBlobs.Items));
        var items = await ModelItems.ReadAsync(file, cancellation);
        if (items.Items.Count == 0)
        {
            throw new InvalidDataException("The model has no items.");
        }

        var neighbours = Read(folder, Names.ModelBlobs.Neighbours, NeighbourFile.Read);
        var content = Read(folder, Names.ModelBlobs.Content, ContentFile.Read);
        var response = Read(folder, Names.ModelBlobs.Response, ServedResponse.Read);
        CheckCount("neighbours are", neighbours?.ItemCount, items.Items.Count);
        CheckCount("response model is", response?.Items.Length, items.Items.Count);
        return new ModelFiles(manifest, items, ReadNetwork(folder, items.Items.Count), neighbours, content, response);
    }

    static INetwork ReadNetwork(string folder, int itemCount)
    {
        var encoder = Path.Combine(folder, Names.ModelBlobs.Encoder);
        return File.Exists(encoder) && Read(folder, Names.ModelBlobs.ItemTable, RoundedItemTableFile.Read) is { } table
            ? new RoundedNetwork(encoder, table, itemCount)
            : new OnnxNetwork(Path.Combine(folder, Names.ModelBlobs.Network), itemCount);
    }

    static T? Read<T>(string folder, string name, Func<Stream, T> read)
        where T : class
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        return read(file);
    }

    static void CheckCount(string what, int? found, int itemCount)
    {
        if (found is { } count && count != itemCount)
        {
            throw new InvalidDataException($"The {what} of {count} items; the model has {itemCount}.");
        }
    }
}
