using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Serving.Inference;

namespace SasRec.Trainer.Evaluate;

/// <summary>A network in ONNX as the evaluation sees it: of a model whose weights are known to nobody but who trained it.</summary>
/// <param name="network">The network; disposed with this.</param>
/// <param name="itemCount">V.</param>
/// <param name="maxLength">T.</param>
sealed class OnnxScorer(INetwork network, int itemCount, int maxLength) : ISequenceScorer, IDisposable
{
    public int ItemCount => itemCount;

    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        if (histories.Count > 0)
        {
            network.Score(Tokens(histories, maxLength), scores, default, histories.Count);
        }
    }

    /// <summary>Histories as the network reads them.</summary>
    /// <param name="histories">[B]: items, oldest first.</param>
    /// <param name="maxLength">T.</param>
    /// <returns>[B, t]: the newest tokens, padded on the left; t is the longest history, at most T.</returns>
    public static long[] Tokens(IReadOnlyList<ReadOnlyMemory<int>> histories, int maxLength)
    {
        var time = Math.Min(maxLength, histories.Max(history => history.Length));
        var tokens = new long[histories.Count * time];
        for (var h = 0; h < histories.Count; h++)
        {
            var history = histories[h].Span;
            history = history[Math.Max(0, history.Length - time)..];
            for (var t = 0; t < history.Length; t++)
            {
                tokens[((h + 1) * time) - history.Length + t] = ModelFormat.Token(history[t]);
            }
        }

        return tokens;
    }

    public void Dispose() => network.Dispose();
}
