using System.Text.Json.Serialization;
using SasRec.Core.Explore;

namespace SasRec.Functions.Serve;

/// <summary>Why a slate is as it is: for each item the history entries that raised its score, and its inclusion probability.</summary>
/// <param name="Because">[slate]: the history items that contributed most to each item.</param>
/// <param name="Chances">By item index: of the slate's items and of the best candidates.</param>
/// <param name="Best">The best candidates, highest score first.</param>
sealed record Explanation(IReadOnlyList<Reason>[] Because, IReadOnlyDictionary<int, Chance> Chances, IReadOnlyList<Candidate> Best)
{
    /// <summary>How many of the eligible items with the highest scores are told of.</summary>
    public const int MaxCandidates = 50;

    // The estimate averages over this many draws where the catalogue is small, and over fewer where it is large: each draw looks at
    // every item for every slot, and all of them together shall take some tens of milliseconds.
    const int MaxDraws = 64;
    const long MaxLooks = 4_000_000;

    // Every request draws the same, so that what a slider changes is the policy and not the luck.
    const ulong Seed = 20180820;

    /// <summary>Explains a slate.</summary>
    /// <param name="model">What it was drawn from.</param>
    /// <param name="items">The model's items beside the catalogue.</param>
    /// <param name="history">[T]: what the network saw, oldest first; empty where it saw nothing, or did not score.</param>
    /// <param name="scored">What the slate was drawn by, and what the network alone says: reasons are of it.</param>
    /// <param name="eligible">What the filters left.</param>
    /// <param name="policy">How the slate was drawn.</param>
    /// <param name="constraints">What the slate keeps to; null for nothing.</param>
    /// <param name="k">How many slots were asked for.</param>
    /// <param name="slate">The slate.</param>
    public static Explanation Of(
        LoadedModel model, ItemIndex items, ReadOnlySpan<long> history, ItemScores scored, ItemSet eligible, ExplorationPolicy policy, SlateConstraints? constraints, int k, Slate slate)
    {
        var scores = scored.Total;
        var shown = slate.Items.Select(slot => slot.Item).ToArray();
        var best = Highest(scores, eligible);
        var because = history.IsEmpty ? [.. shown.Select(_ => Array.Empty<Reason>())] : Reasons.Of(model, items, history, scored.Model, shown);

        // Greedy is the limit of ever lower temperatures; the lowest there is differs from it only where scores are equal.
        var drawn = policy with { Temperature = Math.Max(policy.Temperature, ExplorationPolicy.MinTemperature) };
        var draws = (int)Math.Clamp(MaxLooks / ((long)Math.Max(k, 1) * scores.Length), 2, MaxDraws);
        var estimate = constraints is null
            ? InclusionEstimate.Of(scores, eligible, k, drawn, draws, Seed, model.ItemCount)
            : InclusionEstimate.ByFrequency(scores.AsSpan(0, model.ItemCount), eligible, k, policy, constraints, draws, Seed);
        var chances = shown.Concat(best).Distinct().ToDictionary(
            item => item, item => new Chance(Math.Clamp(estimate.Chances[item], 0, 1), estimate.StandardErrors[item]));
        var told = new Candidate[best.Length];
        for (var i = 0; i < told.Length; i++)
        {
            told[i] = new Candidate(items.IdOf(best[i]), scores[best[i]], chances[best[i]].Value, chances[best[i]].Error);
        }

        return new Explanation(because, chances, told).Named(items.Catalogue);
    }

    /// <summary>The same with the titles that the catalogue has.</summary>
    Explanation Named(Catalogue catalogue) => this with
    {
        Because = [.. Because.Select(reasons => (IReadOnlyList<Reason>)
            [.. reasons.Select(reason => reason with { Title = catalogue.Find(reason.ItemId)?.Title })])],
        Best = [.. Best.Select(best => best with { Title = catalogue.Find(best.ItemId)?.Title })],
    };

    /// <summary>What is told of one slot.</summary>
    public SlotReasons OfSlot(int slot, int item) => new(Because[slot], Chances[item]);

    static int[] Highest(ReadOnlySpan<float> scores, ItemSet eligible) =>
        [.. PlackettLuceSlate.Draw(scores, eligible, MaxCandidates, ExplorationPolicy.Greedy, 0).Items
            .Where(slot => float.IsFinite(slot.Score)).Select(slot => slot.Item)];
}

/// <summary>Why an item stands in its slot: the history behind it, and its chance to be in the slate at all.</summary>
sealed record SlotReasons(IReadOnlyList<Reason> Because, Chance Chance);

/// <summary>An item's chance to stand anywhere in a slate.</summary>
/// <param name="Value">0 to 1.</param>
/// <param name="Error">The standard error of the estimate.</param>
readonly record struct Chance(double Value, double Error);

/// <summary>One of the items with the highest scores, whether it was shown or not.</summary>
/// <param name="ItemId">Which.</param>
/// <param name="Score">What it was drawn by.</param>
/// <param name="Chance">Its chance to stand anywhere in the slate, 0 to 1.</param>
/// <param name="ChanceError">The standard error of <paramref name="Chance"/>.</param>
sealed record Candidate(string ItemId, double Score, double Chance, double ChanceError)
{
    /// <summary>What people call it; null where the catalogue does not know it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }
}
