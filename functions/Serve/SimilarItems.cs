namespace SasRec.Functions.Serve;

/// <summary>The items most similar to one.</summary>
/// <param name="ItemId">To which.</param>
/// <param name="ModelVersion">In whose eyes.</param>
/// <param name="Items">Most similar first, without the item itself.</param>
sealed record SimilarItems(string ItemId, string ModelVersion, IReadOnlyList<SimilarItem> Items)
{
    public static SimilarItems Find(ServedModel model, int item, int count)
    {
        var buffers = model.Rent();
        try
        {
            model.Similarities(item, buffers.Scores);

            // The least similar of the best so far stands first, ready to be replaced.
            var best = new PriorityQueue<int, float>(count + 1);
            for (var other = 0; other < buffers.Scores.Length; other++)
            {
                if (other == item)
                {
                    continue;
                }

                if (best.Count < count)
                {
                    best.Enqueue(other, buffers.Scores[other]);
                }
                else
                {
                    best.EnqueueDequeue(other, buffers.Scores[other]);
                }
            }

            var items = new SimilarItem[best.Count];
            for (var rank = best.Count; rank > 0; rank--)
            {
                best.TryDequeue(out var other, out var similarity);
                items[rank - 1] = new SimilarItem(model.Catalogue.Items[other], rank, similarity);
            }

            return new SimilarItems(model.Catalogue.Items[item], model.Version, items);
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
sealed record SimilarItem(string ItemId, int Rank, float Similarity);
