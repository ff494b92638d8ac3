using System.Numerics.Tensors;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;

namespace SasRec.Functions.Serve;

/// <summary>What the items that a user turned down take off the scores of items like them.</summary>
/// <remarks>
/// Item i loses s σ (1 - Π over disliked j of (1 - likeness(i, j) / 2)): s is <see cref="ServeOptions.DislikeStrength"/>, σ the standard
/// deviation of the model's scores, so that the term means the same for every model. Likeness is 0 to 1, the greater of two: the cosine
/// of the items' embeddings, and how rare the rarest category is that they share, ln(V / members) / ln V. As a term of the score it leaves the
/// propensities exact.
/// </remarks>
static class DislikePenalty
{
    /// <summary>The newest of the disliked items that count.</summary>
    public const int MaxDisliked = 20;

    /// <summary>Subtracts the penalty.</summary>
    /// <param name="model">V items.</param>
    /// <param name="items">The model's items beside the catalogue.</param>
    /// <param name="disliked">Item ids, newest first.</param>
    /// <param name="strength">s.</param>
    /// <param name="scores">[V], or [V + N] with new items: the model's scores.</param>
    public static void Subtract(LoadedModel model, ItemIndex items, IReadOnlyList<string> disliked, double strength, Span<float> scores)
    {
        if (disliked.Count == 0 || strength == 0)
        {
            return;
        }

        // A new item of which the model knows nothing has no score.
        var deviation = TensorPrimitives.StdDev<float>(scores[..items.KnownCount]);
        var (kept, likeness) = (new float[scores.Length], new float[items.ScoredCount]);
        Array.Fill(kept, 1);
        foreach (var id in disliked.Take(MaxDisliked))
        {
            Likeness(model, items, id, likeness);
            for (var i = 0; i < kept.Length; i++)
            {
                kept[i] *= 1 - (Math.Clamp(likeness[i], 0, 1) / 2);
            }
        }

        var most = (float)(strength * deviation);
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] -= most * (1 - kept[i]);
        }
    }

    static void Likeness(LoadedModel model, ItemIndex items, string id, Span<float> likeness)
    {
        if (items.TryGetPlace(id, out var place) && items.IsEmbedded(place))
        {
            model.Similarities(place, items, likeness);
        }
        else
        {
            likeness.Clear();
        }

        foreach (var category in items.Catalogue.Find(id)?.Categories ?? [])
        {
            var members = items.InAnyOf([category]);
            var rarity = (float)(Math.Log(items.Count / (double)members.Count) / Math.Log(Math.Max(2, items.Count)));
            for (var i = 0; i < likeness.Length; i++)
            {
                if (members.Contains(i) && likeness[i] < rarity)
                {
                    likeness[i] = rarity;
                }
            }
        }
    }
}
