namespace SasRec.Core.Evaluate.Ranking;

/// <summary>Where the answers to one case ranked.</summary>
/// <param name="User">The user's index in the dataset.</param>
/// <param name="Targets">The items asked for, in the order of the user's actions.</param>
/// <param name="Ranks">[targets]: 1 for the best, in halves where scores are equal, see <see cref="RankCounter"/>.</param>
public sealed record CaseRanks(int User, IReadOnlyList<int> Targets, IReadOnlyList<double> Ranks);
