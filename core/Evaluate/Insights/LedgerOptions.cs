using SasRec.Core.Events;
using SasRec.Core.Explore;
using static SasRec.Core.OptionRange;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>How served slates are joined with what followed, and when the figures are believed.</summary>
public sealed record LedgerOptions
{
    /// <summary>What events mean: only a positive one is a success.</summary>
    public EventMeanings Meanings { get; init; } = EventMeanings.Default;

    /// <summary>How long after serving an interaction is attributed to the slate, 1 min to 90 days.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How old a slate must be to count, 0 to <see cref="Window"/>: younger ones would lower every rate.</summary>
    public TimeSpan Maturity { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Below this effective sample size (Kish) a rate is marked as not enough, 2 to 1,000,000.</summary>
    public double MinEffectiveSampleSize { get; init; } = 50;

    /// <summary>Weights 1 / propensity above this are cut to it, 1 to 1e12: less variance, a bias towards the plain rate.</summary>
    public double MaxWeight { get; init; } = 1_000;

    /// <summary>The share of intervals that hold the true value, 0.5 to 0.999.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>How many items are listed by name, 1 to 10,000.</summary>
    public int TopItems { get; init; } = 50;

    /// <summary>In how many slates an item must be expected once to count as discoverable, 1 to 1,000,000,000.</summary>
    public int DiscoverySlates { get; init; } = 1_000;

    /// <summary>The most slates that the advice is worked out from, a uniform sample of all, 100 to 1,000,000.</summary>
    public int AdviceSlates { get; init; } = 20_000;

    /// <summary>The temperatures that the advice weighs against each other: any of <see cref="UnservedLogSumExps.Temperatures"/>.</summary>
    public IReadOnlyList<double> Temperatures { get; init; } = UnservedLogSumExps.Temperatures;

    /// <summary>The uniform shares that it weighs at each temperature, 0 to 1.</summary>
    public IReadOnlyList<double> Epsilons { get; init; } = [0, 0.02, 0.1];

    /// <summary>The share of the reward that exploring may cost at most, as far as the interval of the cost reaches, 0 to 1.</summary>
    public double MaxCost { get; init; } = 0.02;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public LedgerOptions Validated()
    {
        Require(nameof(Window), Window, TimeSpan.FromMinutes(1), TimeSpan.FromDays(90));
        Require(nameof(Maturity), Maturity, TimeSpan.Zero, Window);
        Require(nameof(MinEffectiveSampleSize), MinEffectiveSampleSize, 2, 1_000_000);
        Require(nameof(MaxWeight), MaxWeight, 1, 1e12);
        Require(nameof(Confidence), Confidence, 0.5, 0.999);
        Require(nameof(TopItems), TopItems, 1, 10_000);
        Require(nameof(DiscoverySlates), DiscoverySlates, 1, 1_000_000_000);
        Require(nameof(AdviceSlates), AdviceSlates, 100, 1_000_000);
        Require(nameof(MaxCost), MaxCost, 0, 1);
        foreach (var temperature in Temperatures)
        {
            if (!UnservedLogSumExps.Temperatures.Contains(temperature))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(Temperatures), temperature, $"Temperatures must be among {string.Join(", ", UnservedLogSumExps.Temperatures)}.");
            }
        }

        foreach (var epsilon in Epsilons)
        {
            Require(nameof(Epsilons), epsilon, 0, 1);
        }

        return this;
    }
}
