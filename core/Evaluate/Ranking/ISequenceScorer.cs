namespace SasRec.Core.Evaluate.Ranking;

/// <summary>Whatever gives every item a score for what a user does next: a network, ONNX Runtime, popularity.</summary>
public interface ISequenceScorer
{
    /// <summary>V: the size of the item vocabulary.</summary>
    int ItemCount { get; }

    /// <summary>Scores every item after each history. Called from one thread at a time.</summary>
    /// <param name="histories">[B]: items, oldest first, at least one each.</param>
    /// <param name="scores">[B, V]: filled, higher is better; only the order within a row matters.</param>
    void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores);
}
