using SasRec.Core.Explore;
using SasRec.Core.Response;

namespace SasRec.Simulator.Loop;

/// <summary>The slates of the last rounds as the response model reads them, and the terms that it adds to the scores that serve.</summary>
/// <param name="items">The world's items.</param>
sealed class LoopResponses(int items)
{
    const int Window = 6;

    readonly Queue<List<ResponseSlate>> rounds = [];
    List<ResponseSlate> current = [];
    float[]? terms;

    /// <summary>What is added to an item's score.</summary>
    public float TermOf(int item) => terms?[item] ?? 0;

    /// <summary>A slot of a slate as the model reads it: with the network's own score.</summary>
    public ServedSlot Slot(SlateItem slot, int rank, bool taken) => new(
        rank, float.IsFinite(slot.Score) ? slot.Score - TermOf(slot.Item) : null, slot.Item, 0, 0, taken, slot.Explored);

    public void Add(ResponseSlate slate) => current.Add(slate);

    public void NextRound()
    {
        rounds.Enqueue(current = []);
        if (rounds.Count > Window)
        {
            rounds.Dequeue();
        }
    }

    /// <summary>Fits anew, on the slates of the window.</summary>
    public void Refit()
    {
        var choice = ResponseChoice.Of([.. rounds.SelectMany(round => round)], items);
        terms = choice.Model?.ScoreTerms(0, choice.Strength);
    }
}
