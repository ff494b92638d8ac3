using SasRec.Core.Contracts;
using static SasRec.Core.OptionRange;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>How rankings are measured.</summary>
public sealed record RankingOptions
{
    /// <summary>The k of HR@k, NDCG@k and coverage@k: 1 or more of 1 to 1,000, the first being the one that decides.</summary>
    public IReadOnlyList<int> Cutoffs { get; init; } = [MetricNames.K, 5, 20];

    /// <summary>How many random negatives the sampled metric ranks against, 1 to 10,000; 0 leaves it out.</summary>
    public int SampledNegatives { get; init; } = 100;

    /// <summary>The seed of the sampled negatives.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The most scores held at once, in floats: 1,024 to 1,000,000,000. The scores of one history always fit.</summary>
    public int ScoreBuffer { get; init; } = 8_000_000;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public RankingOptions Validated()
    {
        if (Cutoffs.Count == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(Cutoffs), "none", "Cutoffs must name at least one k.");
        }

        foreach (var k in Cutoffs)
        {
            Require(nameof(Cutoffs), k, 1, 1_000);
        }

        Require(nameof(SampledNegatives), SampledNegatives, 0, 10_000);
        Require(nameof(ScoreBuffer), ScoreBuffer, 1_024, 1_000_000_000);
        return this;
    }
}
