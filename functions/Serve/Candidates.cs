using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Functions.Serve;

/// <summary>What the filters of one request leave of a catalogue. Ids that the catalogue lacks are counted and passed over.</summary>
sealed class Candidates(ItemVocabulary items)
{
    /// <summary>What may be recommended.</summary>
    public ItemSet Eligible { get; private set; } = ItemSet.None(items.Count);

    /// <summary>How many ids of the history and the lists were not in the catalogue.</summary>
    public int UnknownItems { get; private set; }

    /// <summary>Applies the lists of a request: allow first, then deny, exclude and what was seen.</summary>
    public void Filter(RecommendationRequest request, IReadOnlyList<string> history)
    {
        if (request.Allow is null)
        {
            Eligible = ItemSet.All(items.Count);
        }
        else
        {
            ForEach(request.Allow, Eligible.Add);
        }

        ForEach(request.Deny, Eligible.Remove);
        ForEach(request.Exclude, Eligible.Remove);
        ForEach(history, request.ExcludeSeen ? Eligible.Remove : _ => { });
    }

    /// <summary>Writes the newest known items of a history, oldest first, each as catalogue index + 1.</summary>
    /// <param name="history">Oldest first.</param>
    /// <param name="tokens">[T]: receives at most T tokens from its start.</param>
    /// <returns>How many tokens there are.</returns>
    public int Tokens(IReadOnlyList<string> history, Span<long> tokens)
    {
        var start = tokens.Length;
        for (var i = history.Count - 1; i >= 0 && start > 0; i--)
        {
            if (items.TryGetIndex(history[i], out var item))
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
            if (items.TryGetIndex(id, out var item))
            {
                apply(item);
            }
            else
            {
                UnknownItems++;
            }
        }
    }
}
