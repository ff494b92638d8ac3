using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Response;
using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Served;

/// <summary>Where the scores of a model that has not served yet will lie in its slates.</summary>
public static class ServedScores
{
    const int MaxUsers = 1_000;
    const int Batch = 64;

    /// <summary>Draws a slate for each of some users, as they would be served now.</summary>
    /// <param name="scorer">The model.</param>
    /// <param name="histories">The users' histories; what is in them is not served.</param>
    /// <param name="policy">How slates are drawn.</param>
    /// <param name="k">The length of a slate.</param>
    /// <param name="cancellation">Ends it.</param>
    public static ScoreScale Of(
        ISequenceScorer scorer, SequenceDataset histories, ExplorationPolicy policy, int k, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(histories);
        var step = Math.Max(1, (histories.UserCount + MaxUsers - 1) / MaxUsers);
        int[] users = [.. Enumerable.Range(0, histories.UserCount).Where(user => user % step == 0 && histories.Length(user) > 0)];
        var (served, buffer) = (new List<double>(users.Length * k), new float[Batch * scorer.ItemCount]);
        foreach (var batch in users.Chunk(Batch))
        {
            cancellation.ThrowIfCancellationRequested();
            scorer.Score([.. batch.Select(histories.ItemsMemory)], buffer.AsMemory(0, batch.Length * scorer.ItemCount));
            for (var i = 0; i < batch.Length; i++)
            {
                var eligible = ItemSet.AllBut(scorer.ItemCount, histories.Items(batch[i]));
                var slate = PlackettLuceSlate.Draw(buffer.AsSpan(i * scorer.ItemCount, scorer.ItemCount), eligible, k, policy, (ulong)batch[i]);
                served.AddRange(slate.Items.Where(item => float.IsFinite(item.Score)).Select(item => (double)item.Score));
            }
        }

        return ScoreScale.Of(served);
    }
}
