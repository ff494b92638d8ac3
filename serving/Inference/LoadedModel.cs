using System.Collections.Concurrent;
using System.Numerics.Tensors;
using SasRec.Core.Content;
using SasRec.Core.Contracts;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Serving.Items;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Serving.Inference;

/// <summary>One model in memory, counted by its users: it is freed when the last of them lets go.</summary>
/// <remarks>V is the number of items of the model, N that of the new ones that its content map can score, D the width of an embedding, T the
/// longest history that the network sees. Scores are [V + N]: of the model's items, then of the catalogue's new ones.</remarks>
sealed class LoadedModel
{
    // With fewer recent interactions most items would have none.
    const int EnoughRecent = 1_000;

    // What makes a cosine as sharp as the network's logits, which temperatures are set for: at 0.5 an item at 0.9 then weighs as much as
    // 65 million at 0.
    public const float SimilarityScale = 10;

    // The prior of a trend, in interactions.
    const double TrendPrior = 5;

    /// <summary>The version of what <see cref="OfPopularity"/> makes.</summary>
    public const string PopularityVersion = "popularity";

    readonly INetwork? network;
    readonly CatalogueView view;
    readonly ItemNeighbours? neighbours;
    readonly ItemNeighbours? together; // the same counts by themselves
    readonly ContentMap? content;
    readonly ConcurrentStack<ScoreBuffers> free = new();
    int users = 1;

    LoadedModel(
        ModelManifest manifest, ModelItems items, INetwork? network, ItemNeighbours? neighbours, ContentMap? content, ServedResponse? response,
        CatalogueView view)
    {
        (Response, ResponseTerms) = (response, response?.Terms());
        (Manifest, Items, this.network, this.neighbours, this.content, this.view) = (manifest, items.Items, network, neighbours, content, view);
        together = neighbours?.With(NeighbourStrengths.Alone);
        var counts = items.RecentCounts.Sum() >= EnoughRecent ? items.RecentCounts : items.Counts;
        Popularity = [.. counts.Select(count => MathF.Log(1 + count))];
        PopularityOfAllTime = [.. items.Counts.Select(count => MathF.Log(1 + count))];
        var share = items.RecentCounts.Sum(count => (double)count) / Math.Max(1, items.Counts.Sum(count => (double)count));
        Trend = [.. items.RecentCounts.Zip(items.Counts, (recent, all) => (float)Math.Log((recent + TrendPrior) / ((all * share) + TrendPrior)))];
    }

    public ModelManifest Manifest { get; }

    public string Version => Manifest.Version;

    /// <summary>Whether there is a network to score histories by; without one only popularity can answer.</summary>
    public bool HasNetwork => network is not null;

    /// <summary>[V]: the ids of the model's items by index.</summary>
    public ItemVocabulary Items { get; }

    /// <summary>The catalogue beside the model's items; null where it has not been read yet.</summary>
    public ItemIndex? Index => view.Index;

    /// <summary>V.</summary>
    public int ItemCount => Items.Count;

    /// <summary>T.</summary>
    public int MaxLength => Manifest.Config.MaxLength;

    /// <summary>
    /// [V]: log(1 + interactions) of the last 7 days of the data, or of all time where those are too few to tell items apart: the scores
    /// for a user of whom nothing is known.
    /// </summary>
    public float[] Popularity { get; }

    /// <summary>What users take of what they are served; null where too little is known of it.</summary>
    public ServedResponse? Response { get; }

    /// <summary>[V]: the part of the network's scores that comes from the response model; null for none.</summary>
    public float[]? ResponseTerms { get; }

    /// <summary>[V]: log(1 + interactions) of all time.</summary>
    public float[] PopularityOfAllTime { get; }

    /// <summary>[V]: how many times as often as expected from all time each item was acted on in the last 7 days of the data: the logarithm of
    /// the ratio of the counts, each with 5 added so that a single action is no trend.</summary>
    public float[] Trend { get; }

    /// <summary>What it takes of memory, about: the network's weights, the item directions, the neighbours and the content map; buffers of
    /// requests come on top.</summary>
    public long Bytes => (network?.Bytes ?? 0) + (neighbours?.Bytes ?? 0) + (content?.Bytes ?? 0);

    /// <summary>Whether the network has been freed.</summary>
    public bool Freed => Volatile.Read(ref users) == 0;

    /// <summary>Downloads the files that <see cref="LoadAsync"/> reads.</summary>
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

    /// <summary>Loads a model, checks that its files fit together, and runs it on the shortest and the longest history.</summary>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="folder">Where its files are.</param>
    /// <param name="viewOf">Makes the view of the catalogue for the model's items and its content map.</param>
    /// <param name="cancellation">Ends the load.</param>
    /// <exception cref="InvalidDataException">The files do not fit together; the message says how.</exception>
    /// <exception cref="Microsoft.ML.OnnxRuntime.OnnxRuntimeException">ONNX Runtime refuses the network.</exception>
    public static async Task<LoadedModel> LoadAsync(ModelManifest manifest, string folder, Func<ItemVocabulary, ContentMap?, CatalogueView> viewOf, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(Path.Combine(folder, Names.ModelBlobs.Items));
        var items = await ModelItems.ReadAsync(file, cancellation);
        if (items.Items.Count == 0)
        {
            throw new InvalidDataException("The model has no items.");
        }

        var neighbours = ReadNeighbours(Path.Combine(folder, Names.ModelBlobs.Neighbours), items.Items.Count);
        var content = ReadContent(Path.Combine(folder, Names.ModelBlobs.Content));
        var response = ReadResponse(Path.Combine(folder, Names.ModelBlobs.Response), items.Items.Count);
        var network = ReadNetwork(folder, items.Items.Count);
        try
        {
            var model = new LoadedModel(manifest, items, network, neighbours, content, response, viewOf(items.Items, content));
            model.Warm();
            return model;
        }
        catch
        {
            network.Dispose();
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
        return new LoadedModel(manifest, items, null, null, null, null, viewOf(items.Items, null));
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

        network?.Dispose();
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

        return new ScoreBuffers(ItemCount, needed, MaxLength, network is { TellsState: true } ? network.Width : 0);
    }

    public void Return(ScoreBuffers buffers) => free.Push(buffers);

    /// <summary>Scores every item after the history in the first <paramref name="length"/> tokens, 1..T.</summary>
    /// <param name="buffers">With the tokens; receives the scores.</param>
    /// <param name="length">How many tokens.</param>
    /// <param name="items">What is scored; null for the model's items alone.</param>
    public void Score(ScoreBuffers buffers, int length, ItemIndex? items)
    {
        network!.Score(buffers, length);
        AddNeighbours(buffers.Tokens.AsSpan(0, length), buffers.Scores);
        items?.NewEmbeddings?.Score(buffers.State, buffers.Scores.AsSpan(ItemCount));
    }

    /// <summary>Scores every item after each of several histories.</summary>
    /// <param name="tokens">[B, t]: each row oldest first, item index + 1, padded with 0 on the left; t is 1..T.</param>
    /// <param name="scores">[B, V + N]: receives the scores.</param>
    /// <param name="count">B.</param>
    /// <param name="items">What is scored.</param>
    public void Score(Memory<long> tokens, Memory<float> scores, int count, ItemIndex items)
    {
        var width = network!.Width;
        var states = new float[content is null ? 0 : count * width];
        network.Score(tokens, scores[..(count * ItemCount)], states, count);
        var (length, stride) = (tokens.Length / count, scores.Length / count);

        // The network's rows stand close together; from the last on they move to where each has room for the new items.
        for (var row = count - 1; row >= 0; row--)
        {
            var own = scores.Span.Slice(row * stride, stride);
            scores.Span.Slice(row * ItemCount, ItemCount).CopyTo(own);
            AddNeighbours(tokens.Span.Slice(row * length, length), own);
            items.NewEmbeddings?.Score(states.AsSpan(row * width, width), own[ItemCount..]);
        }
    }

    /// <summary>Scores every item by one of the <see cref="Recommenders"/> after the history in the first <paramref name="length"/> tokens.</summary>
    /// <returns>[V + N]: the buffers' scores; or [V]: the popularity.</returns>
    public float[] Score(string recommender, ScoreBuffers buffers, int length, ItemIndex items)
    {
        switch (recommender)
        {
            case Recommenders.Popularity:
                return Popularity;
            case Recommenders.PopularityOfAllTime:
                return PopularityOfAllTime;
            case Recommenders.Trending:
                return Trend;
            case Recommenders.Together:
                Array.Clear(buffers.Scores);
                together?.AddTo(length > 0 ? [ModelFormat.Item(buffers.Tokens[length - 1])] : [], buffers.Scores);
                return buffers.Scores;
            case Recommenders.Similar:
                return ScoreSimilar(ModelFormat.Item(buffers.Tokens[length - 1]), buffers, items);
            default:
                Score(buffers, length, items);
                return buffers.Scores;
        }
    }

    /// <summary>The items that users turned to together with one of the model's items, strongest first; none where the model has no counts.</summary>
    public ReadOnlySpan<int> TogetherWith(int item) => together is null ? [] : together.Of(item);

    /// <summary>Scores every item by its similarity to one.</summary>
    /// <param name="place">As for <see cref="Similarities"/>.</param>
    /// <param name="buffers">Receives the scores.</param>
    /// <param name="items">What is scored.</param>
    /// <returns>[V + N]: the buffers' scores.</returns>
    public float[] ScoreSimilar(int place, ScoreBuffers buffers, ItemIndex items)
    {
        Similarities(place, items, buffers.Scores);
        TensorPrimitives.Multiply(buffers.Scores, SimilarityScale, buffers.Scores);
        return buffers.Scores;
    }

    /// <summary>The cosine between one item's embedding and every item's.</summary>
    /// <param name="place">An item of the model, or a new one that its content map knows.</param>
    /// <param name="items">What it is compared with.</param>
    /// <param name="cosines">[V + N], or [V] without the new items: receives -1..1; negative infinity for a new item that the content map does not know.</param>
    public void Similarities(int place, ItemIndex items, Span<float> cosines)
    {
        var direction = new float[network!.Width];
        if (items.IsNew(place))
        {
            items.NewEmbeddings!.Of(place - ItemCount).CopyTo(direction);
        }
        else
        {
            network.Embedding(place, direction);
        }

        TensorPrimitives.Divide(direction, MathF.Max(TensorPrimitives.Norm<float>(direction), float.Epsilon), direction);
        network.Cosines(direction, cosines);
        if (cosines.Length > ItemCount)
        {
            items.NewEmbeddings?.Similarities(direction, cosines[ItemCount..]);
        }
    }

    static INetwork ReadNetwork(string folder, int itemCount)
    {
        var (encoder, table) = (Path.Combine(folder, Names.ModelBlobs.Encoder), Path.Combine(folder, Names.ModelBlobs.ItemTable));
        if (!File.Exists(encoder) || !File.Exists(table))
        {
            return new OnnxNetwork(Path.Combine(folder, Names.ModelBlobs.Network), itemCount);
        }

        using var file = File.OpenRead(table);
        return new RoundedNetwork(encoder, RoundedItemTableFile.Read(file), itemCount);
    }

    static ContentMap? ReadContent(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        return ContentFile.Read(file);
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

    static ServedResponse? ReadResponse(string path, int itemCount)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = File.OpenRead(path);
        var response = ServedResponse.Read(file);
        return response.Items.Length == itemCount
            ? response
            : throw new InvalidDataException($"The response model is of {response.Items.Length} items; the catalogue has {itemCount}.");
    }

    /// <summary>Adds what the counts of item pairs say after a history of tokens.</summary>
    void AddNeighbours(ReadOnlySpan<long> tokens, Span<float> scores)
    {
        if (neighbours is null)
        {
            return;
        }

        tokens = tokens[(tokens.LastIndexOf(ModelFormat.Padding) + 1)..]; // padding is on the left
        Span<int> history = tokens.Length <= 256 ? stackalloc int[tokens.Length] : new int[tokens.Length];
        for (var i = 0; i < history.Length; i++)
        {
            history[i] = ModelFormat.Item(tokens[i]);
        }

        neighbours.AddTo(history, scores);
    }

    void Warm()
    {
        if (content is not null && (content.Width != network!.Width || !network.TellsState))
        {
            throw new InvalidDataException(
                $"The content map is {content.Width} wide; the network is {network.Width} wide and {(network.TellsState ? "tells" : "does not tell")} its state.");
        }

        var buffers = Rent(null);
        foreach (var length in (ReadOnlySpan<int>)[1, MaxLength])
        {
            buffers.Tokens.AsSpan(0, length).Fill(ItemCount);
            Score(buffers, length, null);
            var most = TensorPrimitives.IndexOfMaxMagnitude<float>(buffers.Scores.AsSpan(0, ItemCount)); // A NaN counts as the greatest.
            if (!float.IsFinite(buffers.Scores[most]))
            {
                throw new InvalidDataException($"After a history of {length} the network scores item {most} {buffers.Scores[most]}.");
            }
        }

        Return(buffers);
    }
}
