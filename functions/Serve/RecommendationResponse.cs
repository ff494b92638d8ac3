using SasRec.Core.Events;

namespace SasRec.Functions.Serve;

/// <summary>A slate and how it came about.</summary>
/// <param name="RecommendationId">To be sent back with what the user does.</param>
/// <param name="UserId">For whom; null for nobody in particular.</param>
/// <param name="Placement">Where it is shown.</param>
/// <param name="ModelVersion">The model whose scores, or whose catalogue and counts, it was drawn from.</param>
/// <param name="Source">"sasrec", or "popularity" where the model knows nothing of the history.</param>
/// <param name="Policy">How it was drawn.</param>
/// <param name="Eligible">How many items were eligible after the filters.</param>
/// <param name="UnknownItems">How many ids of the history and the lists the model does not know; they were passed over.</param>
/// <param name="Logged">Whether the impression is in safe keeping; a slate without items is not logged.</param>
/// <param name="Items">The slate, first rank first.</param>
sealed record RecommendationResponse(
    string RecommendationId,
    string? UserId,
    string Placement,
    string ModelVersion,
    string Source,
    DrawnPolicy Policy,
    int Eligible,
    int UnknownItems,
    bool Logged,
    IReadOnlyList<ServedItem> Items);

/// <summary>How a slate was drawn; the same seed, history and model draw it again.</summary>
sealed record DrawnPolicy(double Temperature, double Epsilon, ulong Seed);
