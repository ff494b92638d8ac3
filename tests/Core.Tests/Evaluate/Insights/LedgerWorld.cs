using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Core.Tests.Explore;

namespace SasRec.Core.Tests.Evaluate.Insights;

/// <summary>Three kinds of users, seven items and slates of three, small enough to enumerate, so that the reward of every policy is known.</summary>
sealed class LedgerWorld
{
    public const int Items = 7, Slots = 3, Kinds = 3;

    static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly int[] All = [.. Enumerable.Range(0, Items)];

    readonly float[][] scores = [.. Enumerable.Range(0, Kinds).Select(kind => Slates.Normal(Items, 1, seed: 40 + kind))];

    /// <summary>A moment after every slate, and after the window of attribution of each.</summary>
    public static DateTimeOffset After { get; } = Start.AddDays(60);

    public static string Name(int item) => $"item {item} 名";

    /// <summary>The chance that a slot is acted on, given those above it: better items above make it smaller.</summary>
    public static double Click(int kind, ReadOnlySpan<int> slate, int slot)
    {
        var chance = 0.6 / (slot + 1) * (1 + (((slate[slot] * 5) + (kind * 3)) % Items)) / Items;
        return slot > 0 && slate[..slot].Contains(6) ? chance / 2 : chance;
    }

    /// <summary>Interactions a slate under a policy.</summary>
    public double Reward(ExplorationPolicy policy)
    {
        var reward = 0.0;
        for (var kind = 0; kind < Kinds; kind++)
        {
            foreach (var slate in Slates.All(All, Slots))
            {
                var law = Slates.Propensities(scores[kind], All, slate, policy).Aggregate((a, b) => a * b);
                reward += law * Enumerable.Range(0, Slots).Sum(slot => Click(kind, slate, slot)) / Kinds;
            }
        }

        return reward;
    }

    /// <summary>The rate that an item would have had every slate put it alike wherever it did not stand above.</summary>
    /// <param name="item">The item.</param>
    /// <param name="policy">The policy that fills the slots above.</param>
    public double WeighedRate(int item, ExplorationPolicy policy)
    {
        var (clicks, chances) = (0.0, 0.0);
        for (var kind = 0; kind < Kinds; kind++)
        {
            foreach (var slate in Slates.All(All, Slots))
            {
                var propensities = Slates.Propensities(scores[kind], All, slate, policy);
                var law = propensities.Aggregate((a, b) => a * b);
                for (var slot = 0; slot < Slots; slot++)
                {
                    if (slate[slot] == item)
                    {
                        clicks += law / propensities[slot] * Click(kind, slate, slot);
                        chances += law / propensities[slot];
                    }
                }
            }
        }

        return clicks / chances;
    }

    /// <summary>A ledger of slates with what followed, a minute between slates.</summary>
    public IEnumerable<ServedSlate> Ledger(int slates, ExplorationPolicy policy, ulong seed)
    {
        var random = new RandomStream(seed);
        for (var i = 0; i < slates; i++)
        {
            var kind = random.NextIndex(Kinds);
            var slate = PlackettLuceSlate.Draw(scores[kind], null, Slots, policy, random.NextBits());
            int[] items = [.. slate.Items.Select(item => item.Item)];
            var at = Start.AddMinutes(i);
            var impression = new Impression
            {
                RecommendationId = $"{seed}-{i}",
                UserId = $"user {seed}-{i}",
                ServedAt = at,
                ModelVersion = "m",
                Recommender = "sasrec",
                Temperature = policy.Temperature,
                Epsilon = policy.Epsilon,
                Seed = 0,
                EligibleCount = Items,
                HistoryCount = kind * 9,
                UnservedLogSumExp = slate.UnservedLogSumExp,
                UnservedLogSumExps = UnservedLogSumExps.Of(scores[kind], null, slate),
                Items = [.. slate.Items.Select((s, slot) => new ServedItem(Name(s.Item), slot + 1, s.Score, s.Propensity, s.Explored))],
            };
            var events = new List<SlateEvent>();
            for (var slot = 0; slot < Slots; slot++)
            {
                if (random.NextDouble() < Click(kind, items, slot))
                {
                    events.Add(new SlateEvent(Name(items[slot]), "click", at.AddMinutes(3)));
                }
            }

            yield return new ServedSlate(impression, events);
        }
    }
}
