namespace SasRec.Core.Response;

/// <summary>One slot as it was served, and whether the user took the item: one row of the response model's data.</summary>
/// <param name="Rank">1 for the first slot.</param>
/// <param name="Score">The model's score, without what a response model added to it, in deviations from the mean of its served scores
/// (<see cref="ScoreScale"/>); null for an item that the model did not know.</param>
/// <param name="Item">An item index.</param>
/// <param name="Segment">The user's segment, an index from 0.</param>
/// <param name="Recommender">The recommender, an index from 0.</param>
/// <param name="Taken">Whether the user acted on it. Negative feedback is not taking it.</param>
/// <param name="Explored">Whether chance put the item higher than the greedy slate would have.</param>
public readonly record struct ServedSlot(int Rank, double? Score, int Item, int Segment, int Recommender, bool Taken, bool Explored);
