namespace SasRec.Serving.Inference;

/// <summary>A network that scores every item after a history: with its item table as it was trained, or in 8 bits for a large catalogue.</summary>
/// <remarks>V is the number of items, D the width of an embedding, T the length of a history. Safe for any number of threads.</remarks>
interface INetwork : IDisposable
{
    /// <summary>D.</summary>
    int Width { get; }

    /// <summary>Whether it tells its state; networks of earlier releases do not.</summary>
    bool TellsState { get; }

    /// <summary>What it takes of memory, about.</summary>
    long Bytes { get; }

    /// <summary>Scores every item after the history in the first <paramref name="length"/> tokens.</summary>
    /// <param name="buffers">With the tokens; receives the logits, and the state where there is room.</param>
    /// <param name="length">1..T.</param>
    void Score(ScoreBuffers buffers, int length);

    /// <summary>Scores every item after each of several histories.</summary>
    /// <param name="tokens">[B, T]: each row oldest first, item index + 1, padded with 0 on the left.</param>
    /// <param name="scores">[B, V]: receives the logits.</param>
    /// <param name="states">[B, D]: receives the states; empty where they are not asked for.</param>
    /// <param name="count">B.</param>
    void Score(Memory<long> tokens, Memory<float> scores, Memory<float> states, int count);

    /// <summary>An item's embedding.</summary>
    /// <param name="item">0..V-1.</param>
    /// <param name="embedding">[D]: receives it, in any length.</param>
    void Embedding(int item, Span<float> embedding);

    /// <summary>The cosine between a direction and every item's embedding.</summary>
    /// <param name="direction">[D], of length 1.</param>
    /// <param name="cosines">[V] at least: receives -1..1.</param>
    void Cosines(ReadOnlySpan<float> direction, Span<float> cosines);
}
