using System.Numerics.Tensors;
using SasRec.Core.Rules;
using SasRec.Serving.Inference;
using SasRec.Serving.Items;

namespace SasRec.Serving.Slates;

/// <summary>What boosts and dislikes add to the scores of a recommender. As terms of the score they leave the propensities exact.</summary>
/// <remarks>
/// <para>Amounts are in standard deviations σ of the recommender's scores, so that they mean the same for every model.</para>
/// <para>A boost adds its amount to each item that satisfies its conditions.</para>
/// <para>Dislikes take s (1 - Π over disliked j of (1 - likeness(i, j) / 2)) from item i: s is <see cref="ServeOptions.DislikeStrength"/>. One
/// disliked item takes at most half of it, three of a kind seven eighths.</para>
/// </remarks>
static class ScoreTerms
{
    /// <summary>The newest of the disliked items that count.</summary>
    public const int MaxDisliked = 20;

    /// <summary>Adds the terms.</summary>
    /// <param name="model">V items.</param>
    /// <param name="items">The model's items beside the catalogue.</param>
    /// <param name="boosts">The boosts.</param>
    /// <param name="disliked">Item ids, newest first.</param>
    /// <param name="dislikeStrength">s.</param>
    /// <param name="scores">[V], or [V + N] with new items: the recommender's scores.</param>
    public static void Add(
        LoadedModel model, ItemIndex items, IReadOnlyList<Boost> boosts, IReadOnlyList<string> disliked, double dislikeStrength, float[] scores)
    {
        // A new item of which the model knows nothing has no score.
        var deviation = TensorPrimitives.StdDev<float>(scores.AsSpan(0, items.KnownCount));
        foreach (var boost in boosts)
        {
            var (boosted, amount) = (items.Where(boost.Where), (float)(boost.Amount * deviation));
            for (var item = 0; item < scores.Length; item++)
            {
                scores[item] += boosted.Contains(item) ? amount : 0;
            }
        }

        if (disliked.Count > 0 && dislikeStrength > 0)
        {
            Subtract(model, items, disliked, (float)(dislikeStrength * deviation), scores);
        }
    }

    static void Subtract(LoadedModel model, ItemIndex items, IReadOnlyList<string> disliked, float most, float[] scores)
    {
        var (kept, likeness) = (new float[scores.Length], new float[scores.Length]);
        Array.Fill(kept, 1);
        foreach (var id in disliked.Take(MaxDisliked))
        {
            Likeness.Of(model, items, id, likeness);
            for (var item = 0; item < likeness.Length; item++)
            {
                kept[item] *= 1 - (likeness[item] / 2);
            }
        }

        for (var item = 0; item < scores.Length; item++)
        {
            scores[item] -= most * (1 - kept[item]);
        }
    }
}
