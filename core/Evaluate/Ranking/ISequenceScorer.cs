using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>Whatever gives every item of the catalogue a score for what a user does next: a network, ONNX Runtime, popularity.</summary>
public interface ISequenceScorer
{
    /// <summary>V: the size of the catalogue.</summary>
    int ItemCount { get; }

    /// <summary>Scores the whole catalogue for some users. Called from one thread at a time.</summary>
    /// <param name="histories">The histories to go by.</param>
    /// <param name="users">[B]: the users of <paramref name="histories"/> to score for; each has at least one interaction.</param>
    /// <param name="scores">[B, V]: filled, higher is better; only the order within a row matters.</param>
    void Score(SequenceDataset histories, ReadOnlySpan<int> users, Span<float> scores);
}
