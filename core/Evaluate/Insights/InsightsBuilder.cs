using System.Globalization;
using SasRec.Core.Evaluate.Coverage;
using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>Folds served slates, one after another, into a report.</summary>
/// <remarks>
/// Memory grows with the items and models that were served, not with the slates; builders over parts of the ledger are merged. Each
/// slate is to be added once: the log keeps one row for each.
/// </remarks>
public sealed class InsightsBuilder
{
    readonly LedgerOptions options;
    readonly DateTimeOffset asOf;
    readonly RateTally total = new();
    readonly ItemTally items = new();
    readonly SortedDictionary<int, RateTally> ranks = [];
    readonly SortedDictionary<int, (RateTally Rates, long Slates)> days = [];
    readonly GroupTally placements = new();
    readonly GroupTally recommenders = new();
    readonly GroupTally contested = new();
    readonly GroupTally segments = new();
    readonly CalibrationTally calibrations = new();
    readonly ModelTally models = new();
    readonly AdviceSample advice;
    long added;
    long counted;
    long open;
    long sighted;
    long closedInteractions;
    long late;
    double offered;
    double minChances;
    int maxEligible;

    /// <summary>An empty report.</summary>
    /// <param name="options">How to join, and what to believe.</param>
    /// <param name="asOf">The moment of the report: what is younger than its maturity then does not count.</param>
    public InsightsBuilder(LedgerOptions options, DateTimeOffset asOf)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.Validated();
        this.asOf = asOf;
        advice = new AdviceSample(options.AdviceSlates);
    }

    /// <summary>Adds a slate with everything that named it. One whose seed the client chose was not left to chance and does not count.</summary>
    /// <param name="slate">The slate.</param>
    public void Add(ServedSlate slate)
    {
        ArgumentNullException.ThrowIfNull(slate);
        var impression = slate.Impression;
        if (impression.Seeded)
        {
            return;
        }

        added++;
        if (impression.Items.Count == 0 || impression.ServedAt + options.Maturity > asOf)
        {
            return;
        }

        var outcome = SlateOutcome.Of(slate, options);
        var slots = SlotSums.Of(outcome, options.MaxWeight);
        var numbers = new int[slots.Length];
        var sums = default(SlotSums);
        for (var slot = 0; slot < slots.Length; slot++)
        {
            sums += slots[slot];
            numbers[slot] = items.Add(impression.Items[slot].ItemId, slots[slot]);
            Of(ranks, impression.Items[slot].Rank).Add(slots[slot]);
        }

        total.Add(sums);
        placements.Add(impression.Placement, sums);
        recommenders.Add(impression.Recommender, sums);
        if (impression.RecommenderShare < 1)
        {
            contested.Add(impression.Recommender, sums.Weighed(1 / impression.RecommenderShare));
        }

        segments.Add(UserSegment.Of(impression.HistoryCount), sums);
        models.Add(outcome, sums, numbers);
        calibrations.Add(outcome);
        if (!impression.Constrained)
        {
            advice.Add(outcome);
        }

        var day = DayOf(impression.ServedAt);
        var (rates, slates) = days.TryGetValue(day, out var found) ? found : (new RateTally(), 0);
        rates.Add(sums);
        days[day] = (rates, slates + 1);
        Count(outcome, sums);
    }

    /// <summary>Adds what another builder has; it must not be used any more.</summary>
    /// <param name="other">A builder with the same options and moment.</param>
    public void Merge(InsightsBuilder other)
    {
        ArgumentNullException.ThrowIfNull(other);
        total.Add(other.total);
        var numbers = items.Add(other.items);
        models.Add(other.models, numbers);
        placements.Add(other.placements);
        recommenders.Add(other.recommenders);
        contested.Add(other.contested);
        segments.Add(other.segments);
        calibrations.Add(other.calibrations);
        advice.Add(other.advice);
        foreach (var (rank, tally) in other.ranks)
        {
            Of(ranks, rank).Add(tally);
        }

        foreach (var (day, theirs) in other.days)
        {
            var (rates, slates) = days.TryGetValue(day, out var found) ? found : (new RateTally(), 0);
            rates.Add(theirs.Rates);
            days[day] = (rates, slates + theirs.Slates);
        }

        added += other.added;
        counted += other.counted;
        open += other.open;
        sighted += other.sighted;
        closedInteractions += other.closedInteractions;
        late += other.late;
        offered += other.offered;
        minChances += other.minChances;
        maxEligible = Math.Max(maxEligible, other.maxEligible);
    }

    /// <summary>The report.</summary>
    /// <param name="from">The window's begin.</param>
    /// <param name="to">Its end, exclusive.</param>
    /// <param name="placement">The only placement that was added; null for all.</param>
    /// <param name="catalogue">V, where it is known; null takes the most items that were ever eligible.</param>
    /// <param name="looked">How many slates were read and which most, where that was not all of the window.</param>
    public InsightsReport Build(
        DateTimeOffset from, DateTimeOffset to, string? placement = null, int? catalogue = null, LookedAt? looked = null)
    {
        var size = Math.Max(Math.Max(catalogue ?? 0, maxEligible), items.Count);
        return new InsightsReport
        {
            From = from,
            To = to,
            Placement = placement,
            AsOf = asOf,
            Slates = new SlateCounts(
                looked?.Slates ?? added,
                looked?.Limit,
                looked?.Complete ?? true,
                counted,
                added - counted,
                open,
                sighted,
                options.Maturity.TotalSeconds,
                options.Window.TotalSeconds,
                closedInteractions == 0 ? null : late / (double)closedInteractions),
            Support = new SupportRule(options.MinEffectiveSampleSize, options.MaxWeight, options.Confidence, ImportanceWeightedRewards.LeastEffectiveSlates),
            Total = total.Rate("all", options),

            // An average item was eligible for that share of the slots.
            Items = items.Rates(options, maxEligible == 0 ? 0 : offered / maxEligible),
            Ranks = [.. ranks.Select(r => r.Value.Rate(r.Key.ToString(CultureInfo.InvariantCulture), options))],
            Placements = placements.Rates(options),
            Recommenders = recommenders.Rates(options),
            Comparison = contested.Rates(options, expected: 0),
            Segments = segments.Rates(options),
            Calibrations = calibrations.Calibrations(options),
            Spread = SpreadOver(size),
            Days = [.. days.Select(d => Day(d.Key, d.Value.Rates, d.Value.Slates))],
            Models = models.Drift(options, size),
            Advice = ExplorationAdvice.Of(advice, options),
        };
    }

    void Count(SlateOutcome outcome, in SlotSums sums)
    {
        var impression = outcome.Impression;
        counted++;
        sighted += outcome.Sighted ? 1 : 0;
        if (impression.ServedAt + options.Window > asOf)
        {
            open++;
        }
        else
        {
            closedInteractions += sums.Interacted;
            late += outcome.Late;
        }

        offered += (double)sums.Served * impression.EligibleCount;
        minChances += (1 - impression.GreedyShare) * ExplorationPolicy.MinInclusion(impression.Epsilon, sums.Served, impression.EligibleCount);
        maxEligible = Math.Max(maxEligible, impression.EligibleCount);
    }

    Spread SpreadOver(int catalogue)
    {
        if (counted == 0)
        {
            return new Spread(catalogue, 0, null, null, null, options.DiscoverySlates, null);
        }

        var least = minChances / counted;
        var (counts, chances) = (new int[catalogue], new double[catalogue]);
        Array.Fill(chances, least);
        for (var number = 0; number < items.Count; number++)
        {
            counts[number] = (int)Math.Min(items.Served(number), int.MaxValue);
            chances[number] = Math.Max(least, items.Served(number) / (double)counted);
        }

        return new Spread(
            catalogue,
            items.Count,
            Concentration.Coverage(counts),
            Concentration.Gini(counts),
            Concentration.Discoverable(chances, options.DiscoverySlates),
            options.DiscoverySlates,
            least);
    }

    DayOfSlates Day(int day, RateTally rates, long slates)
    {
        var (rate, low, high) = rates.Plain(options.Confidence);
        return new DayOfSlates(NameOf(day), slates, rates.Served, rates.Interacted, rate, low, high);
    }

    static RateTally Of(SortedDictionary<int, RateTally> tallies, int key)
    {
        if (!tallies.TryGetValue(key, out var tally))
        {
            tallies[key] = tally = new RateTally();
        }

        return tally;
    }

    static int DayOf(DateTimeOffset at) => (int)(at.UtcTicks / TimeSpan.TicksPerDay);

    static string NameOf(int day) => new DateTime(day * TimeSpan.TicksPerDay, DateTimeKind.Utc).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>How much of a window was read.</summary>
/// <param name="Slates">How many slates, whatever their placement.</param>
/// <param name="Limit">The most that are read.</param>
/// <param name="Complete">Whether that was all of the window.</param>
public readonly record struct LookedAt(long Slates, long Limit, bool Complete);
