using System.Numerics.Tensors;
using SasRec.Core.Content;

namespace SasRec.Serving.Items;

/// <summary>Where a model's content map places the new items of a catalogue: those that nobody had acted on when the model was trained.</summary>
/// <remarks>N new items in the order of <see cref="ItemIndex"/>, D the width of an embedding.</remarks>
sealed class NewItemEmbeddings
{
    readonly int width;
    readonly float[] embeddings; // [N, D]
    readonly bool[] known; // [N]: whether the map knows anything of the item.

    /// <param name="map">The model's map.</param>
    /// <param name="index">The items.</param>
    /// <param name="ids">[N]: the new ones.</param>
    /// <param name="previous">The index before a change of the catalogue; what stayed is taken over from it.</param>
    public NewItemEmbeddings(ContentMap map, ItemIndex index, IReadOnlyList<string> ids, ItemIndex? previous)
    {
        width = map.Width;
        (embeddings, known) = (new float[ids.Count * width], new bool[ids.Count]);
        for (var place = 0; place < ids.Count; place++)
        {
            var item = index.Catalogue.Find(ids[place])!;
            var own = embeddings.AsSpan(place * width, width);
            if (previous?.NewEmbeddings is { } before && ReferenceEquals(previous.Catalogue.Find(item.Id), item)
                && previous.TryGetPlace(item.Id, out var old) && previous.IsNew(old))
            {
                before.Of(old - previous.KnownCount).CopyTo(own);
                known[place] = before.known[old - previous.KnownCount];
            }
            else
            {
                known[place] = map.TryEmbed(item, own);
            }
        }
    }

    /// <summary>The embedding of a new item, [D].</summary>
    /// <param name="place">0..N-1.</param>
    public ReadOnlySpan<float> Of(int place) => embeddings.AsSpan(place * width, width);

    /// <summary>Whether the map knows anything of a new item.</summary>
    /// <param name="place">0..N-1.</param>
    public bool Knows(int place) => known[place];

    /// <summary>What the network says of each new item.</summary>
    /// <param name="state">[D]: its state after a history.</param>
    /// <param name="scores">[N]: receives the scores; negative infinity for an item of which the map knows nothing.</param>
    public void Score(ReadOnlySpan<float> state, Span<float> scores)
    {
        for (var place = 0; place < known.Length; place++)
        {
            scores[place] = known[place] ? TensorPrimitives.Dot(state, Of(place)) : float.NegativeInfinity;
        }
    }

    /// <summary>The cosine between a direction and the embedding of each new item.</summary>
    /// <param name="direction">[D], of length 1.</param>
    /// <param name="cosines">[N]: receives -1 to 1; negative infinity for an item of which the map knows nothing.</param>
    public void Similarities(ReadOnlySpan<float> direction, Span<float> cosines)
    {
        for (var place = 0; place < known.Length; place++)
        {
            cosines[place] = known[place]
                ? TensorPrimitives.Dot(direction, Of(place)) / MathF.Max(TensorPrimitives.Norm(Of(place)), float.Epsilon)
                : float.NegativeInfinity;
        }
    }
}
