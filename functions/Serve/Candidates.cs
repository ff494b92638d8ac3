using SasRec.Core.Contracts;
using SasRec.Core.Explore;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;

namespace SasRec.Functions.Serve;

/// <summary>The items that one request may be answered with, and their scores by one model. Dispose it before the model's lease.</summary>
/// <remarks>Unknown ids, those that neither the model nor the catalogue knows, are counted and skipped.</remarks>
sealed class Candidates : IDisposable
{
    readonly LoadedModel model;
    readonly ScoreBuffers buffers;
    readonly int length;

    /// <summary>Filters the items and encodes the history.</summary>
    /// <param name="model">The model, leased.</param>
    /// <param name="items">The model's items beside the catalogue.</param>
    /// <param name="request">The request.</param>
    /// <param name="history">Item ids, oldest first.</param>
    /// <param name="now">The time at which items must be available.</param>
    public Candidates(
        LoadedModel model, ItemIndex items, RecommendationRequest request, IReadOnlyList<string> history, DateTimeOffset now)
    {
        (this.model, Items) = (model, items);
        Eligible = items.EligibleAt(now);
        Filter(request, history);
        buffers = model.Rent();
        length = Encode(history);
    }

    /// <summary>The model's items beside the catalogue.</summary>
    public ItemIndex Items { get; }

    /// <summary>The items that the filters leave: items of the model, and behind them new ones.</summary>
    public ItemSet Eligible { get; }

    /// <summary>How many ids of the history and the lists are unknown.</summary>
    public int UnknownItems { get; private set; }

    /// <summary>[t]: the newest items of the history that the model knows, at most T, oldest first, each as item index + 1.</summary>
    public ReadOnlySpan<long> History => buffers.Tokens.AsSpan(0, length);

    /// <summary>Scores every item of the model.</summary>
    /// <param name="recommender">One of <see cref="Core.Contracts.Recommenders.All"/>; without <see cref="History"/>, popularity.</param>
    /// <returns>[V]: valid until the next call or the disposal.</returns>
    public float[] Score(string recommender) => model.Score(recommender, buffers, length);

    public void Dispose() => model.Return(buffers);

    /// <summary>Applies the lists of a request: allow first, then deny, exclude and the history.</summary>
    void Filter(RecommendationRequest request, IReadOnlyList<string> history)
    {
        if (request.Allow is not null)
        {
            var allowed = ItemSet.None(Items.Count);
            ForEach(request.Allow, allowed.Add);
            Eligible.IntersectWith(allowed);
        }

        if (request.AllowCategories is not null)
        {
            Eligible.IntersectWith(Items.InAnyOf(request.AllowCategories));
        }

        if (request.DenyCategories.Count > 0)
        {
            Eligible.ExceptWith(Items.InAnyOf(request.DenyCategories));
        }

        ForEach(request.Deny, Eligible.Remove);
        ForEach(request.Exclude, Eligible.Remove);
        ForEach(history, request.ExcludeSeen ? Eligible.Remove : _ => { });
    }

    int Encode(IReadOnlyList<string> history)
    {
        var tokens = buffers.Tokens.AsSpan();
        var start = tokens.Length;
        for (var i = history.Count - 1; i >= 0 && start > 0; i--)
        {
            if (Items.TryGetKnown(history[i], out var item))
            {
                tokens[--start] = ModelFormat.Token(item);
            }
        }

        tokens[start..].CopyTo(tokens);
        return tokens.Length - start;
    }

    void ForEach(IReadOnlyList<string> ids, Action<int> apply)
    {
        foreach (var id in ids)
        {
            if (Items.TryGetPlace(id, out var place))
            {
                apply(place);
            }
            else
            {
                UnknownItems++;
            }
        }
    }
}
