using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Storage.Log;

namespace SasRec.Trainer.ReadLog;

/// <summary>What was served of late, slot by slot, and whether users took it.</summary>
/// <param name="impressions">The log.</param>
/// <param name="ledger">How slates are joined with what followed.</param>
/// <param name="clock">The clock.</param>
sealed class LoggedResponses(ImpressionLog impressions, LedgerOptions ledger, TimeProvider clock)
{
    static readonly TimeSpan Window = TimeSpan.FromDays(28);

    // About 2 KB of memory each; the newest say most of what users want now.
    const int MaxSlates = 50_000;

    /// <summary>Reads the newest slates of the last four weeks; those whose seed a client chose are left out.</summary>
    /// <param name="items">The items of the model to be; slots with others are left out.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<ServedSlots> ReadAsync(ItemVocabulary items, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var newest = await impressions.NewestSlatesAsync(now - Window, now + InteractionRules.ClockSkew, MaxSlates, cancellation);
        return Of(newest.Slates, items, ledger);
    }

    /// <summary>The slots of slates.</summary>
    /// <param name="slates">In any order.</param>
    /// <param name="items">The items of the model to be.</param>
    /// <param name="ledger">How they are joined with what followed.</param>
    internal static ServedSlots Of(IEnumerable<ServedSlate> slates, ItemVocabulary items, LedgerOptions ledger)
    {
        ServedSlate[] counted = [.. slates.Where(slate => !slate.Impression.Seeded && RecommenderIndex(slate.Impression) >= 0)];

        // A retrained model has scores of its own, so each model's are measured by their own scale.
        var scales = counted
            .GroupBy(slate => (slate.Impression.Recommender, slate.Impression.ModelVersion))
            .ToDictionary(served => served.Key, served => ScoreScale.Of(Scores(served)));
        var lasting = Recommenders.Known.Select(name => ScoreScale.Of(Scores(counted.Where(slate => slate.Impression.Recommender == name)))).ToArray();
        var networks = scales.Where(scale => scale.Key.Recommender == Recommenders.Sasrec).ToDictionary(scale => scale.Key.ModelVersion, scale => scale.Value);
        return new ServedSlots([.. counted.Select(slate => Slate(slate, scales, items, ledger))], lasting, networks);
    }

    static ResponseSlate Slate(
        ServedSlate slate, Dictionary<(string Recommender, string ModelVersion), ScoreScale> scales, ItemVocabulary items, LedgerOptions ledger)
    {
        var impression = slate.Impression;
        var scale = scales[(impression.Recommender, impression.ModelVersion)];
        var segment = Segment(impression);
        var outcome = SlateOutcome.Of(slate, ledger);
        var slots = new List<ServedSlot>(impression.Items.Count);
        for (var slot = 0; slot < impression.Items.Count; slot++)
        {
            var served = impression.Items[slot];
            if (items.TryGetIndex(served.ItemId, out var item))
            {
                slots.Add(new ServedSlot(
                    served.Rank, Own(served) is { } score ? scale.Standard(score) : null, item, segment, RecommenderIndex(impression), outcome.Interacted[slot], served.Explored));
            }
        }

        return new ResponseSlate(UserHash.Of(impression), slots);
    }

    static IEnumerable<double> Scores(IEnumerable<ServedSlate> slates) =>
        slates.SelectMany(slate => slate.Impression.Items).Select(Own).OfType<double>();

    /// <summary>The recommender's own score: without what a response model, boosts and dislikes added.</summary>
    static double? Own(ServedItem item) => item.Score - (item.Response ?? 0) - (item.Adjustment ?? 0);

    static int RecommenderIndex(Impression impression) => Place(Recommenders.Known, impression.Recommender);

    static int Segment(Impression impression) => Place(UserSegment.All, UserSegment.Of(impression.HistoryCount));

    static int Place(IReadOnlyList<string> names, string name)
    {
        var place = names.Count - 1;
        while (place >= 0 && names[place] != name)
        {
            place--;
        }

        return place;
    }
}

/// <summary>What was served, as the response model reads it.</summary>
/// <param name="Slates">The slates; recommenders are indices of <see cref="Recommenders.Known"/>, segments of <see cref="UserSegment.All"/>.</param>
/// <param name="Scales">[recommenders]: the scale of each one's scores, over all models.</param>
/// <param name="Networks">The scale of each network's scores, by version.</param>
sealed record ServedSlots(
    IReadOnlyList<ResponseSlate> Slates, IReadOnlyList<ScoreScale> Scales, IReadOnlyDictionary<string, ScoreScale> Networks)
{
    /// <summary>The scale of a network that serves already.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="before">Its response model, which knows the scale where no slates do; null for none.</param>
    public ScoreScale NetworkScale(string version, ServedResponse? before) =>
        Networks.TryGetValue(version, out var logged) ? logged
        : before?.Recommenders.GetValueOrDefault(Recommenders.Sasrec) is { } told ? new ScoreScale(told.ScoreMean, told.ScoreDeviation)
        : Scales[0];
}
