using SasRec.Core.Explore;
using SasRec.Core.Response;

namespace SasRec.Simulator.Loop;

/// <summary>The slates of the last rounds as the response model reads them, and the terms that it adds to the scores that serve.</summary>
/// <param name="items">The world's items.</param>
sealed class LoopResponses(int items)
{
    const int Window = 6;

    readonly Queue<(int Version, List<ResponseSlate> Slates)> rounds = [];
    float[]? terms;

    /// <summary>What is added to an item's score.</summary>
    public float TermOf(int item) => terms?[item] ?? 0;

    /// <summary>A slot of a slate as the model reads it: with the network's own score.</summary>
    public ServedSlot Slot(SlateItem slot, int rank, bool taken) => new(
        rank, float.IsFinite(slot.Score) ? slot.Score - TermOf(slot.Item) : null, slot.Item, 0, 0, taken, slot.Explored);

    public void Add(ResponseSlate slate) => rounds.Last().Slates.Add(slate);

    /// <summary>Begins a round.</summary>
    /// <param name="version">The model that serves in it.</param>
    public void NextRound(int version)
    {
        rounds.Enqueue((version, []));
        if (rounds.Count > Window)
        {
            rounds.Dequeue();
        }
    }

    /// <summary>Fits anew, on the slates of the window.</summary>
    /// <param name="scale">The scale of the scores that serve next.</param>
    public void Refit(ScoreScale scale)
    {
        var choice = ResponseChoice.Of([.. rounds.GroupBy(round => round.Version, round => round.Slates).SelectMany(Standard)], items);
        terms = choice.Model?.ScoreTerms(0, choice.Strength) is { } own ? Array.ConvertAll(own, term => (float)(term * scale.Deviation)) : null;
    }

    /// <summary>A model's slates, with its scores in their own units.</summary>
    static IEnumerable<ResponseSlate> Standard(IEnumerable<List<ResponseSlate>> served)
    {
        ResponseSlate[] slates = [.. served.SelectMany(round => round)];
        var scale = ScoreScale.Of(slates.SelectMany(slate => slate.Slots).Select(slot => slot.Score).OfType<double>());
        return slates.Select(slate => slate with
        {
            Slots = [.. slate.Slots.Select(slot => slot with { Score = slot.Score is { } score ? scale.Standard(score) : null })],
        });
    }
}
