using System.Collections.Concurrent;
using System.Numerics.Tensors;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Functions.Serve;

/// <summary>One model in memory, counted by its users: it is freed when the last of them lets go.</summary>
/// <remarks>V is the size of the catalogue, D the width of an embedding, T the longest history that the network sees.</remarks>
sealed class ServedModel
{
    // Fewer interactions of late leave most of a catalogue without any.
    const int EnoughRecent = 1_000;

    // What makes a cosine as sharp as the network's logits, which temperatures are set for: at 0.5 an item at 0.9 then weighs as much as
    // 65 million at 0.
    const float SimilarityScale = 10;

    readonly Network network;
    readonly ItemNeighbours? neighbours;
    readonly ConcurrentStack<ScoreBuffers> free = new();
    readonly float[] directions; // [V, D]: item embeddings of length 1
    readonly int width; // D
    int users = 1;

    ServedModel(ModelManifest manifest, ItemCatalogue catalogue, Network network, ItemNeighbours? neighbours)
    {
        (Manifest, Catalogue, this.network, this.neighbours) = (manifest, catalogue, network, neighbours);
        var counts = catalogue.RecentCounts.Sum() >= EnoughRecent ? catalogue.RecentCounts : catalogue.Counts;
        Popularity = [.. counts.Select(count => MathF.Log(1 + count))];
        directions = network.ItemDirections(out width);
    }

    public ModelManifest Manifest { get; }

    public string Version => Manifest.Version;

    public ItemCatalogue Catalogue { get; }

    /// <summary>V.</summary>
    public int ItemCount => Catalogue.Items.Count;

    /// <summary>T.</summary>
    public int MaxLength => Manifest.Config.MaxLength;

    /// <summary>
    /// [V]: log(1 + interactions) of the last 7 days of the data, or of all time where those are too few to tell items apart: the scores
    /// for a user of whom nothing is known.
    /// </summary>
    public float[] Popularity { get; }

    /// <summary>What it takes of memory, about: the network's weights, the item directions and the neighbours; buffers of requests come on
    /// top.</summary>
    public long Bytes => (Manifest.Files.TryGetValue(Names.ModelBlobs.Network, out var file) ? file.Bytes : 0)
        + ((long)directions.Length * sizeof(float)) + (neighbours?.Bytes ?? 0);

    /// <summary>Whether the network has been freed.</summary>
    public bool Freed => Volatile.Read(ref users) == 0;

    /// <summary>Downloads the files that <see cref="LoadAsync"/> reads.</summary>
    public static async Task<ModelManifest> DownloadAsync(
        ModelRegistry registry, string version, string folder, CancellationToken cancellation)
    {
        var files = new List<string> { Names.ModelBlobs.Network, Names.ModelBlobs.Catalogue };
        if ((await registry.GetAsync(version, cancellation)).Files.ContainsKey(Names.ModelBlobs.Neighbours))
        {
            files.Add(Names.ModelBlobs.Neighbours);
        }

        return await registry.DownloadAsync(version, folder, files, cancellation);
    }

    /// <summary>Loads a model, checks that its files fit together, and runs it at both ends of its lengths.</summary>
    /// <exception cref="InvalidDataException">The files do not fit together; the message says how.</exception>
    /// <exception cref="Microsoft.ML.OnnxRuntime.OnnxRuntimeException">ONNX Runtime refuses the network.</exception>
    public static async Task<ServedModel> LoadAsync(ModelManifest manifest, string folder, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(Path.Combine(folder, Names.ModelBlobs.Catalogue));
        var catalogue = await ItemCatalogue.ReadAsync(file, cancellation);
        if (catalogue.Items.Count == 0)
        {
            throw new InvalidDataException("The catalogue has no items.");
        }

        var neighbours = ReadNeighbours(Path.Combine(folder, Names.ModelBlobs.Neighbours), catalogue.Items.Count);
        var network = new Network(Path.Combine(folder, Names.ModelBlobs.Network), catalogue.Items.Count);
        try
        {
            var model = new ServedModel(manifest, catalogue, network, neighbours);
            model.Warm();
            return model;
        }
        catch
        {
            network.Dispose();
            throw;
        }
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

        network.Dispose();
    }

    /// <summary>Buffers for one request; give them back with <see cref="Return"/> before letting the model go.</summary>
    public ScoreBuffers Rent() => free.TryPop(out var buffers) ? buffers : new ScoreBuffers(ItemCount, MaxLength);

    public void Return(ScoreBuffers buffers) => free.Push(buffers);

    /// <summary>Scores every item after the history in the first <paramref name="length"/> tokens, 1..T.</summary>
    public void Score(ScoreBuffers buffers, int length)
    {
        network.Score(buffers.Tokens.AsMemory(0, length), buffers.Output);
        AddNeighbours(buffers.Tokens.AsSpan(0, length), buffers.Scores);
    }

    /// <summary>Scores every item after each of several histories.</summary>
    /// <param name="tokens">[B, t]: each row oldest first, catalogue index + 1, padded with 0 on the left; t is 1..T.</param>
    /// <param name="scores">[B, V]: receives the scores.</param>
    /// <param name="count">B.</param>
    public void Score(Memory<long> tokens, Memory<float> scores, int count)
    {
        network.Score(tokens, scores, count);
        var (length, items) = (tokens.Length / count, scores.Length / count);
        for (var row = 0; row < count; row++)
        {
            AddNeighbours(tokens.Span.Slice(row * length, length), scores.Span.Slice(row * items, items));
        }
    }

    /// <summary>Scores every item by one of the <see cref="Sources"/> after the history in the first <paramref name="length"/> tokens.</summary>
    /// <returns>[V]: the buffers' scores, or the popularity.</returns>
    public float[] Score(string source, ScoreBuffers buffers, int length)
    {
        switch (source)
        {
            case Sources.Popularity:
                return Popularity;
            case Sources.Similar:
                Similarities((int)buffers.Tokens[length - 1] - 1, buffers.Scores);
                TensorPrimitives.Multiply(buffers.Scores, SimilarityScale, buffers.Scores);
                return buffers.Scores;
            default:
                Score(buffers, length);
                return buffers.Scores;
        }
    }

    /// <summary>The cosine between one item's embedding and every item's.</summary>
    /// <param name="item">A catalogue index.</param>
    /// <param name="cosines">[V]: receives -1..1.</param>
    public void Similarities(int item, Span<float> cosines)
    {
        var direction = directions.AsSpan(item * width, width);
        for (var other = 0; other < cosines.Length; other++)
        {
            cosines[other] = TensorPrimitives.Dot(direction, directions.AsSpan(other * width, width));
        }
    }

    static ItemNeighbours? ReadNeighbours(string path, int itemCount)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        var neighbours = NeighbourFile.Read(file);
        return neighbours.ItemCount == itemCount
            ? neighbours
            : throw new InvalidDataException($"The neighbours are of {neighbours.ItemCount} items; the catalogue has {itemCount}.");
    }

    /// <summary>Adds what the counts of item pairs say after a history of tokens.</summary>
    void AddNeighbours(ReadOnlySpan<long> tokens, Span<float> scores)
    {
        if (neighbours is null)
        {
            return;
        }

        tokens = tokens[(tokens.LastIndexOf(0L) + 1)..]; // padding is on the left
        Span<int> history = tokens.Length <= 256 ? stackalloc int[tokens.Length] : new int[tokens.Length];
        for (var i = 0; i < history.Length; i++)
        {
            history[i] = (int)tokens[i] - 1;
        }

        neighbours.AddTo(history, scores);
    }

    void Warm()
    {
        if (directions.Length != ItemCount * width)
        {
            throw new InvalidDataException($"The network embeds {directions.Length / width} items; the catalogue has {ItemCount}.");
        }

        var buffers = Rent();
        foreach (var length in (ReadOnlySpan<int>)[1, MaxLength])
        {
            buffers.Tokens.AsSpan(0, length).Fill(ItemCount);
            Score(buffers, length);
            var most = TensorPrimitives.IndexOfMaxMagnitude(buffers.Scores); // A NaN counts as the greatest.
            if (!float.IsFinite(buffers.Scores[most]))
            {
                throw new InvalidDataException($"After a history of {length} the network scores item {most} {buffers.Scores[most]}.");
            }
        }

        Return(buffers);
    }
}
