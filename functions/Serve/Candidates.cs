using SasRec.Core.Explore;
using SasRec.Functions.Items;

namespace SasRec.Functions.Serve;

/// <summary>What the filters of one request leave of the items. Ids that neither the model nor the catalogue knows are counted and passed over.</summary>
sealed class Candidates(ItemIndex items)
{
    /// <summary>What may be recommended: the model's items, and behind them the new ones.</summary>
    public ItemSet Eligible { get; private set; } = ItemSet.None(items.Count);

    /// <summary>How many ids of the history and the lists nobody knows.</summary>
    public int UnknownItems { get; private set; }

    /// <summary>Applies what the catalogue says at a moment, then the lists of a request: allow first, then deny, exclude and what was seen.</summary>
    public void Filter(RecommendationRequest request, IReadOnlyList<string> history, DateTimeOffset now)
    {
        Eligible = items.EligibleAt(now);
        if (request.Allow is not null)
        {
            var allowed = ItemSet.None(items.Count);
            ForEach(request.Allow, allowed.Add);
            Eligible.IntersectWith(allowed);
        }

        if (request.AllowCategories is not null)
        {
            Eligible.IntersectWith(items.InAnyOf(request.AllowCategories));
        }

        if (request.DenyCategories.Count > 0)
        {
            Eligible.ExceptWith(items.InAnyOf(request.DenyCategories));
        }

        ForEach(request.Deny, Eligible.Remove);
        ForEach(request.Exclude, Eligible.Remove);
        ForEach(history, request.ExcludeSeen ? Eligible.Remove : _ => { });
    }

    /// <summary>Writes the newest items of a history that the model knows, oldest first, each as catalogue index + 1.</summary>
    /// <param name="history">Oldest first.</param>
    /// <param name="tokens">[T]: receives at most T tokens from its start.</param>
    /// <returns>How many tokens there are.</returns>
    public int Tokens(IReadOnlyList<string> history, Span<long> tokens)
    {
        var start = tokens.Length;
        for (var i = history.Count - 1; i >= 0 && start > 0; i--)
        {
            if (items.TryGetKnown(history[i], out var item))
            {
                tokens[--start] = item + 1;
            }
        }

        tokens[start..].CopyTo(tokens);
        return tokens.Length - start;
    }

    void ForEach(IReadOnlyList<string> ids, Action<int> apply)
    {
        foreach (var id in ids)
        {
            if (items.TryGetPlace(id, out var place))
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
