using System.Globalization;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Simulator.Loop;

/// <summary>The log of a closed world: the records that the product writes, joined as the product joins them.</summary>
sealed class LoopLog(int users, int items)
{
    static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly LedgerOptions Ledger = new() { Window = TimeSpan.FromDays(1) };

    readonly List<Interaction> interactions = [];
    readonly List<ServedSlate> slates = [];
    readonly Dictionary<string, List<SlateEvent>> slateEvents = [];
    readonly Dictionary<(string RecommendationId, string ItemId), double> propensities = [];
    readonly List<int>[] histories = [.. Enumerable.Range(0, users).Select(_ => new List<int>())];
    DateTimeOffset now = Start;

    /// <summary>The world's items, released or not, in their own order.</summary>
    public ItemVocabulary Items { get; } = new(Enumerable.Range(0, items).Select(ItemId));

    /// <summary>[items]: how often each was acted on.</summary>
    public int[] Counts { get; } = new int[items];

    public static int ItemOf(string id) => int.Parse(id.AsSpan(1), CultureInfo.InvariantCulture);

    /// <summary>What a user took, oldest first.</summary>
    public int[] History(int user) => [.. histories[user]];

    /// <summary>A new round: what was served in the last one has had its time.</summary>
    public void NextRound(int round)
    {
        now = Start.AddDays(round);
        slates.Clear();
        slateEvents.Clear();
    }

    /// <summary>A slate is shown.</summary>
    public Impression Show(int user, Slate slate, ExplorationPolicy policy, ulong seed, string version)
    {
        now += TimeSpan.FromMilliseconds(1);
        var impression = new Impression
        {
            RecommendationId = string.Create(CultureInfo.InvariantCulture, $"{now:yyyyMMddHHmmssfff}"),
            UserId = UserId(user),
            ServedAt = now,
            ModelVersion = version,
            Recommender = "simulated",
            Temperature = policy.Temperature,
            Epsilon = policy.Epsilon,
            NewItemShare = policy.NewItemShare,
            GreedyShare = policy.GreedyShare,
            Seed = seed,
            EligibleCount = slate.EligibleCount,
            NewEligibleCount = slate.NewEligibleCount,
            UnservedLogSumExp = double.IsNegativeInfinity(slate.UnservedLogSumExp) ? null : slate.UnservedLogSumExp,
            Items = [.. slate.Items.Select((item, slot) => new ServedItem(
                ItemId(item.Item), slot + 1, float.IsFinite(item.Score) ? item.Score : null, item.Propensity, item.Explored, !float.IsFinite(item.Score))
            {
                Greedy = item.Greedy,
            })],
        };
        slates.Add(new ServedSlate(impression, slateEvents[impression.RecommendationId] = []));
        return impression;
    }

    /// <summary>A user takes an item, of a slate or on their own.</summary>
    public void Take(int user, int item, Impression? from)
    {
        now += TimeSpan.FromMilliseconds(1);
        interactions.Add(new Interaction
        {
            EventId = interactions.Count.ToString(CultureInfo.InvariantCulture),
            UserId = UserId(user),
            ItemId = ItemId(item),
            Timestamp = now,
            RecommendationId = from?.RecommendationId,
            Source = from is null ? "organic" : "recommendation",
        });
        if (from is not null)
        {
            slateEvents[from.RecommendationId].Add(new SlateEvent(ItemId(item), "view", now));
        }

        histories[user].Add(item);
        Counts[item]++;
    }

    /// <summary>What was served in this round and what came of it, a row for each slot.</summary>
    public IReadOnlyList<ServedOutcome> Join()
    {
        var outcomes = slates.Select(slate => SlateOutcome.Of(slate, Ledger)).SelectMany(slate => slate.Impression.Items.Select(
            (item, slot) => new ServedOutcome(slate.Impression, item, slate.Interacted[slot]))).ToArray();
        foreach (var outcome in outcomes.Where(outcome => outcome.Interacted))
        {
            propensities[(outcome.Impression.RecommendationId, outcome.Item.ItemId)] = outcome.Item.Propensity;
        }

        return outcomes;
    }

    /// <summary>Everything as training sees it.</summary>
    public InteractionDataset Dataset(double? maxWeight)
    {
        var builder = new InteractionDatasetBuilder();
        foreach (var interaction in interactions)
        {
            builder.Add(interaction);
        }

        return builder.Build(new DatasetOptions { MaxWeight = maxWeight }, propensities);
    }

    static string ItemId(int item) => string.Create(CultureInfo.InvariantCulture, $"i{item:d6}");

    static string UserId(int user) => string.Create(CultureInfo.InvariantCulture, $"u{user:d6}");
}
