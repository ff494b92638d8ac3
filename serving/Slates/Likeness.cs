using System.Numerics.Tensors;
using SasRec.Serving.Inference;
using SasRec.Serving.Items;

namespace SasRec.Serving.Slates;

/// <summary>How alike items are: 0 to 1, the greater of two.</summary>
/// <remarks>The cosine of the items' embeddings, where the model knows both; and how rare the rarest category is that they share,
/// ln((V + N) / members) / ln(V + N), so that a category of half the shop says little.</remarks>
static class Likeness
{
    /// <summary>The likeness of one item with every item of the model.</summary>
    /// <param name="model">V items.</param>
    /// <param name="items">The model's items beside the catalogue, N new ones among them.</param>
    /// <param name="id">The item; the model need not know it.</param>
    /// <param name="likeness">[V], or [V + N] with new items: receives 0..1.</param>
    public static void Of(LoadedModel model, ItemIndex items, string id, Span<float> likeness)
    {
        if (items.TryGetPlace(id, out var place) && items.IsEmbedded(place))
        {
            model.Scorer.Similarities(place, items, likeness);
            TensorPrimitives.Max(likeness, 0, likeness);
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
