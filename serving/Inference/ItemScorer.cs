using System.Numerics.Tensors;
using SasRec.Core.Contracts;
using SasRec.Core.Neighbours;
using SasRec.Serving.Items;

namespace SasRec.Serving.Inference;

/// <summary>Scores items after a history: by the network with the counts of item pairs, or by one of the other recommenders.</summary>
/// <remarks>V is the number of items of the model, N that of the new ones that its content map can score, D the width of an embedding, T the
/// longest history that the network sees. Scores are [V + N]: of the model's items, then of the catalogue's new ones.</remarks>
/// <param name="files">The model. Only popularity can score where it has no network.</param>
sealed class ItemScorer(ModelFiles files)
{
    /// <summary>What makes a cosine as sharp as the network's logits, which temperatures are set for: at 0.5 an item at 0.9 then weighs as
    /// much as 65 million at 0.</summary>
    public const float SimilarityScale = 10;

    readonly INetwork? network = files.Network;
    readonly ItemNeighbours? neighbours = files.Neighbours;
    readonly ItemNeighbours? together = files.Neighbours?.With(NeighbourStrengths.Alone); // the same counts by themselves
    readonly ItemPopularity popularity = new(files.Items);
    readonly int itemCount = files.Items.Items.Count;

    /// <summary>Scores every item after the history in the first <paramref name="length"/> tokens, 1..T.</summary>
    /// <param name="buffers">With the tokens; receives the scores.</param>
    /// <param name="length">How many tokens.</param>
    /// <param name="items">What is scored; null for the model's items alone.</param>
    public void Score(ScoreBuffers buffers, int length, ItemIndex? items)
    {
        network!.Score(buffers, length);
        AddNeighbours(buffers.Tokens.AsSpan(0, length), buffers.Scores);
        items?.NewEmbeddings?.Score(buffers.State, buffers.Scores.AsSpan(itemCount));
    }

    /// <summary>Scores every item after each of several histories.</summary>
    /// <param name="tokens">[B, t]: each row oldest first, item index + 1, padded with 0 on the left; t is 1..T.</param>
    /// <param name="scores">[B, V + N]: receives the scores.</param>
    /// <param name="count">B.</param>
    /// <param name="items">What is scored.</param>
    public void Score(Memory<long> tokens, Memory<float> scores, int count, ItemIndex items)
    {
        var width = network!.Width;
        var states = new float[files.Content is null ? 0 : count * width];
        network.Score(tokens, scores[..(count * itemCount)], states, count);
        var (length, stride) = (tokens.Length / count, scores.Length / count);

        // The network's rows stand close together; from the last on they move to where each has room for the new items.
        for (var row = count - 1; row >= 0; row--)
        {
            var own = scores.Span.Slice(row * stride, stride);
            scores.Span.Slice(row * itemCount, itemCount).CopyTo(own);
            AddNeighbours(tokens.Span.Slice(row * length, length), own);
            items.NewEmbeddings?.Score(states.AsSpan(row * width, width), own[itemCount..]);
        }
    }

    /// <summary>Scores every item by one of the <see cref="Recommenders"/> after the history in the first <paramref name="length"/> tokens.</summary>
    /// <returns>[V + N]: the buffers' scores; or [V]: the popularity.</returns>
    public float[] Score(string recommender, ScoreBuffers buffers, int length, ItemIndex items)
    {
        switch (recommender)
        {
            case Recommenders.Popularity:
                return popularity.Recent;
            case Recommenders.PopularityOfAllTime:
                return popularity.OfAllTime;
            case Recommenders.Trending:
                return popularity.Trend;
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
            items.NewEmbeddings!.Of(place - itemCount).CopyTo(direction);
        }
        else
        {
            network.Embedding(place, direction);
        }

        TensorPrimitives.Divide(direction, MathF.Max(TensorPrimitives.Norm<float>(direction), float.Epsilon), direction);
        network.Cosines(direction, cosines);
        if (cosines.Length > itemCount)
        {
            items.NewEmbeddings?.Similarities(direction, cosines[itemCount..]);
        }
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
}
