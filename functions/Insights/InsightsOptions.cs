using SasRec.Core;
using SasRec.Core.Evaluate.Insights;

namespace SasRec.Functions.Insights;

/// <summary>How GET /api/insights looks at the ledger: section <c>Insights</c> of the settings.</summary>
public sealed record InsightsOptions
{
    static readonly LedgerOptions Defaults = new();

    /// <summary>The most slates of a window that one report is made of, its newest, 100 to 1,000,000.</summary>
    public int Slates { get; init; } = 20_000;

    /// <summary>The span of a report that does not name its begin, 1 min to 366 days.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromDays(28);

    /// <summary>How long a report is given again before it is made anew, 0 to 1 h.</summary>
    public TimeSpan KeepFor { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one report may take, 0.1 s to 200 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How many users' histories are read for the share of what they do that comes through slates, 0 to 10,000.</summary>
    public int SampledUsers { get; init; } = 200;

    /// <summary>How long after serving an interaction is attributed to the slate, 1 min to 90 days.</summary>
    public TimeSpan Window { get; init; } = Defaults.Window;

    /// <summary>How old a slate must be to count, 0 to <see cref="Window"/>.</summary>
    public TimeSpan Maturity { get; init; } = Defaults.Maturity;

    /// <summary>Below this effective sample size a rate is marked as not enough, 2 to 1,000,000.</summary>
    public double LeastSupport { get; init; } = Defaults.LeastSupport;

    /// <summary>Weights 1 / propensity above this are cut to it, 1 to 1e12.</summary>
    public double MaxWeight { get; init; } = Defaults.MaxWeight;

    /// <summary>How many items are listed by name, 1 to 10,000.</summary>
    public int TopItems { get; init; } = Defaults.TopItems;

    /// <summary>The share of the reward that the recommended exploration may cost at most, 0 to 1.</summary>
    public double MostCost { get; init; } = Defaults.MostCost;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public InsightsOptions Validated()
    {
        OptionRange.Require("Insights__Slates", Slates, 100, 1_000_000);
        OptionRange.Require("Insights__Span", Span, TimeSpan.FromMinutes(1), TimeSpan.FromDays(366));
        OptionRange.Require("Insights__KeepFor", KeepFor, TimeSpan.Zero, TimeSpan.FromHours(1));
        OptionRange.Require("Insights__Patience", Patience, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(200));
        OptionRange.Require("Insights__SampledUsers", SampledUsers, 0, 10_000);
        OptionRange.Require("Insights__Window", Window, TimeSpan.FromMinutes(1), TimeSpan.FromDays(90));
        OptionRange.Require("Insights__Maturity", Maturity, TimeSpan.Zero, Window);
        OptionRange.Require("Insights__LeastSupport", LeastSupport, 2, 1_000_000);
        OptionRange.Require("Insights__MaxWeight", MaxWeight, 1, 1e12);
        OptionRange.Require("Insights__TopItems", TopItems, 1, 10_000);
        OptionRange.Require("Insights__MostCost", MostCost, 0, 1);
        return this;
    }

    /// <summary>How slates are joined and judged.</summary>
    public LedgerOptions Ledger() => new LedgerOptions
    {
        Window = Window,
        Maturity = Maturity,
        LeastSupport = LeastSupport,
        MaxWeight = MaxWeight,
        TopItems = TopItems,
        MostCost = MostCost,
        AdviceSlates = Slates,
    }.Validated();
}
