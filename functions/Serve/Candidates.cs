using SasRec.Core.Contracts;
using SasRec.Core.Events;
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
    readonly IReadOnlyList<string> disliked;
    readonly double dislikeStrength;
    readonly int length;

    /// <summary>Filters the items and encodes the history.</summary>
    /// <param name="model">The model, leased.</param>
    /// <param name="items">The model's items beside the catalogue.</param>
    /// <param name="request">The request.</param>
    /// <param name="taste">What the user wanted and turned down.</param>
    /// <param name="now">The time at which items must be available.</param>
    /// <param name="dislikeStrength"><see cref="ServeOptions.DislikeStrength"/>.</param>
    public Candidates(
        LoadedModel model, ItemIndex items, RecommendationRequest request, UserTaste taste, DateTimeOffset now, double dislikeStrength)
    {
        (this.model, Items, disliked, this.dislikeStrength) = (model, items, taste.Disliked, dislikeStrength);
        Eligible = items.EligibleAt(now);
        Filter(request, taste);
        buffers = model.Rent(items);
        length = Encode(taste.Actions);
    }

    /// <summary>The model's items beside the catalogue.</summary>
    public ItemIndex Items { get; }

    /// <summary>The items that the filters leave: items of the model, and behind them new ones.</summary>
    public ItemSet Eligible { get; }

    /// <summary>How many ids of the history and the lists are unknown.</summary>
    public int UnknownItems { get; private set; }

    /// <summary>[t]: the newest items of the history that the model knows, at most T, oldest first, each as item index + 1.</summary>
    public ReadOnlySpan<long> History => buffers.Tokens.AsSpan(0, length);

    /// <summary>Scores every item of the model, and new ones that its content map knows.</summary>
    /// <param name="recommender">One of <see cref="Core.Contracts.Recommenders.All"/>; without <see cref="History"/>, popularity.</param>
    /// <returns>The scores, [V], or [V + N] with new items: valid until the next call or the disposal.</returns>
    public ItemScores Score(string recommender)
    {
        var scores = model.Score(recommender, buffers, length, Items);
        if (disliked.Count == 0)
        {
            return new ItemScores(scores, scores);
        }

        var total = scores.ToArray();
        DislikePenalty.Subtract(model, Items, disliked, dislikeStrength, total);
        return new ItemScores(total, scores);
    }

    public void Dispose() => model.Return(buffers);

    /// <summary>Applies the lists of a request: allow first, then deny, exclude, the history and what the user turned down.</summary>
    void Filter(RecommendationRequest request, UserTaste taste)
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
        ForEach(taste.Actions, request.ExcludeSeen ? Eligible.Remove : _ => { });
        ForEach(taste.Disliked, Eligible.Remove);
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

/// <summary>The scores of one model's items for one request.</summary>
/// <param name="Total">[V]: what slates are drawn by.</param>
/// <param name="Model">[V]: what the recommender alone says.</param>
readonly record struct ItemScores(ReadOnlyMemory<float> Total, ReadOnlyMemory<float> Model);
