using System.Text.Json.Serialization;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;

namespace SasRec.Functions.Serve;

/// <summary>The items most similar to one.</summary>
/// <param name="ItemId">To which.</param>
/// <param name="ModelVersion">In whose eyes.</param>
/// <param name="Items">Most similar first, without the item itself.</param>
sealed record SimilarItems(string ItemId, string ModelVersion, IReadOnlyList<SimilarItem> Items)
{
    /// <summary>Finds them among what may be recommended now.</summary>
    /// <param name="model">The model.</param>
    /// <param name="index">Its items beside the catalogue.</param>
    /// <param name="item">The place of an item of the model, or of a new one that its content map knows.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="now">The time at which items must be available.</param>
    public static SimilarItems Find(LoadedModel model, ItemIndex index, int item, int count, DateTimeOffset now)
    {
        var eligible = index.EligibleAt(now);
        var buffers = model.Rent(index);
        var cosines = buffers.Scores.AsSpan(0, index.ScoredCount);
        try
        {
            model.Similarities(item, index, cosines);

            // The least similar of the best so far stands first, ready to be replaced.
            var best = new PriorityQueue<int, float>(count + 1);
            for (var other = 0; other < cosines.Length; other++)
            {
                if (other == item || !eligible.Contains(other) || float.IsNegativeInfinity(cosines[other]))
                {
                    continue;
                }

                if (best.Count < count)
                {
                    best.Enqueue(other, cosines[other]);
                }
                else
                {
                    best.EnqueueDequeue(other, cosines[other]);
                }
            }

            var items = new SimilarItem[best.Count];
            for (var rank = best.Count; rank > 0; rank--)
            {
                best.TryDequeue(out var other, out var similarity);
                var found = index.Catalogue.Find(index.IdOf(other));
                items[rank - 1] = new SimilarItem(index.IdOf(other), rank, similarity, found?.Title, found?.Categories, found?.ImageUrl);
            }

            return new SimilarItems(index.IdOf(item), model.Version, items);
        }
        finally
        {
            model.Return(buffers);
        }
    }
}

/// <summary>One of them.</summary>
/// <param name="ItemId">Which.</param>
/// <param name="Rank">1 for the most similar.</param>
/// <param name="Similarity">The cosine of the angle between the two embeddings, -1 to 1.</param>
/// <param name="Title">What people call it; null where the catalogue does not know it.</param>
/// <param name="Categories">What it belongs to; null where the catalogue does not know it.</param>
/// <param name="ImageUrl">A picture; null where the catalogue knows of none.</param>
sealed record SimilarItem(
    string ItemId,
    int Rank,
    float Similarity,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Title,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Categories,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ImageUrl);
