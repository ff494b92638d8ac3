using System.Collections.Concurrent;
using System.Numerics.Tensors;
using SasRec.Core.Content;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Serving.Items;
using SasRec.Storage.Models;

namespace SasRec.Serving.Inference;

/// <summary>One model in memory, counted by its users: it is freed when the last of them lets go.</summary>
/// <remarks>V is the number of items of the model, T the longest history that the network sees.</remarks>
sealed class LoadedModel
{
    /// <summary>The version of what <see cref="OfPopularity"/> makes.</summary>
    public const string PopularityVersion = "popularity";

    readonly ModelFiles files;
    readonly CatalogueView view;
    readonly ConcurrentStack<ScoreBuffers> free = new();
    int users = 1;

    LoadedModel(ModelFiles files, CatalogueView view)
    {
        (this.files, this.view) = (files, view);
        Scorer = new ItemScorer(files);
        ResponseTerms = files.Response?.Terms();
    }

    public ModelManifest Manifest => files.Manifest;

    public string Version => Manifest.Version;

    /// <summary>Whether there is a network to score histories by; without one only popularity can answer.</summary>
    public bool HasNetwork => files.Network is not null;

    /// <summary>[V]: the ids of the model's items by index.</summary>
    public ItemVocabulary Items => files.Items.Items;

    /// <summary>The catalogue beside the model's items; null where it has not been read yet.</summary>
    public ItemIndex? Index => view.Index;

    /// <summary>V.</summary>
    public int ItemCount => Items.Count;

    /// <summary>T.</summary>
    public int MaxLength => Manifest.Config.MaxLength;

    /// <summary>What users take of what they are served; null where too little is known of it.</summary>
    public ServedResponse? Response => files.Response;

    /// <summary>Scores the items.</summary>
    public ItemScorer Scorer { get; }

    /// <summary>[V]: the part of the network's scores that comes from the response model; null for none.</summary>
    public float[]? ResponseTerms { get; }

    /// <summary>What it takes of memory, about: the network's weights, the item directions, the neighbours and the content map; buffers of
    /// requests come on top.</summary>
    public long Bytes => (files.Network?.Bytes ?? 0) + (files.Neighbours?.Bytes ?? 0) + (files.Content?.Bytes ?? 0);

    /// <summary>Whether the network has been freed.</summary>
    public bool Freed => Volatile.Read(ref users) == 0;

    /// <summary>Loads a model, checks that its files fit together, and runs it on the shortest and the longest history.</summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="folder">Where its files are.</param>
    /// <param name="viewOf">Makes the view of the catalogue for the model's items and its content map.</param>
    /// <param name="cancellation">Ends the load.</param>
    /// <exception cref="InvalidDataException">The files do not fit together; the message says how.</exception>
    /// <exception cref="Microsoft.ML.OnnxRuntime.OnnxRuntimeException">ONNX Runtime refuses the network.</exception>
    public static async Task<LoadedModel> LoadAsync(
        ModelManifest manifest, string folder, Func<ItemVocabulary, ContentMap?, CatalogueView> viewOf, CancellationToken cancellation)
    {
        var files = await ModelFiles.ReadAsync(manifest, folder, cancellation);
        try
        {
            var model = new LoadedModel(files, viewOf(files.Items.Items, files.Content));
            model.Warm();
            return model;
        }
        catch
        {
            files.Network!.Dispose();
            throw;
        }
    }

    /// <summary>What answers where no model can serve: popularity alone.</summary>
    /// <param name="items">The items with their counts.</param>
    /// <param name="viewOf">Makes the view of the catalogue for them.</param>
    public static LoadedModel OfPopularity(ModelItems items, Func<ItemVocabulary, ContentMap?, CatalogueView> viewOf)
    {
        ModelManifest manifest = new()
        {
            Version = PopularityVersion,
            Config = new(),
            Data = new DataRange(null, null, items.Counts.Sum(count => (long)count), 0, items.Items.Count),
            Protocol = "none",
        };
        return new LoadedModel(new ModelFiles(manifest, items, null, null, null, null), viewOf(items.Items, null));
    }

    /// <summary>Counts one more user; false if all of them have let the model go already.</summary>
    public bool TryUse()
    {
        for (var seen = Volatile.Read(ref users); seen > 0;)
        {
            var found = Interlocked.CompareExchange(ref users, seen + 1, seen);
            if (found == seen)
            {
                return true;
            }

            seen = found;
        }

        return false;
    }

    /// <summary>Counts one user less; the last one frees the model.</summary>
    public void LetGo()
    {
        if (Interlocked.Decrement(ref users) > 0)
        {
            return;
        }

        while (free.TryPop(out var buffers))
        {
            buffers.Dispose();
        }

        files.Network?.Dispose();
    }

    /// <summary>Buffers for one request; give them back with <see cref="Return"/> before letting the model go.</summary>
    /// <param name="items">What is scored; null for the model's items alone.</param>
    public ScoreBuffers Rent(ItemIndex? items)
    {
        var needed = items?.ScoredCount ?? ItemCount;
        if (free.TryPop(out var buffers))
        {
            if (buffers.Scores.Length == needed)
            {
                return buffers;
            }

            buffers.Dispose();
        }

        return new ScoreBuffers(ItemCount, needed, MaxLength, files.Network is { TellsState: true } network ? network.Width : 0);
    }

    public void Return(ScoreBuffers buffers) => free.Push(buffers);

    void Warm()
    {
        var network = files.Network!;
        if (files.Content is { } content && (content.Width != network.Width || !network.TellsState))
        {
            throw new InvalidDataException(
                $"The content map is {content.Width} wide; the network is {network.Width} wide and {(network.TellsState ? "tells" : "does not tell")} its state.");
        }

        var buffers = Rent(null);
        foreach (var length in (ReadOnlySpan<int>)[1, MaxLength])
        {
            buffers.Tokens.AsSpan(0, length).Fill(ItemCount);
            Scorer.Score(buffers, length, null);
            var most = TensorPrimitives.IndexOfMaxMagnitude<float>(buffers.Scores.AsSpan(0, ItemCount)); // A NaN counts as the greatest.
            if (!float.IsFinite(buffers.Scores[most]))
            {
                throw new InvalidDataException($"After a history of {length} the network scores item {most} {buffers.Scores[most]}.");
            }
        }

        Return(buffers);
    }
}
