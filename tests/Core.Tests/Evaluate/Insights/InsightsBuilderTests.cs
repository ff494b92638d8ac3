using System.Text.Json;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Evaluate.Insights;

public sealed class InsightsBuilderTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static readonly LedgerOptions Strict = new() { Window = TimeSpan.FromDays(1), Maturity = TimeSpan.FromMinutes(10), MinEffectiveSampleSize = 2, DiscoverySlates = 2 };

    [Fact]
    public void A_small_ledger_gives_what_was_worked_out_by_hand()
    {
        // Weights: a 2 (acted on), b 4 of the first slate; b 5 (acted on), a 2 of the second.
        var report = Report(
            Strict,
            Slate("r1", Noon, [("a", 0.5), ("b", 0.25)], "home", history: 0) with { Events = [Click("a", Noon.AddMinutes(1))] },
            Slate("r2", Noon.AddDays(1), [("b", 0.2), ("a", 0.5)], "basket", history: 10) with
            {
                Events = [Click("b", Noon.AddDays(1).AddMinutes(20)), Seen("b", Noon.AddDays(1)), Seen("a", Noon.AddDays(1))],
            });

        Assert.Equal((4, 2, 0.5), (report.Total.Served, report.Total.Interacted, report.Total.Plain));
        Assert.Equal(7 / 13.0, report.Total.Weighted!.Value, 1e-12);
        Assert.Equal(13 * 13 / 49.0, report.Total.EffectiveSampleSize, 1e-12);
        Assert.Equal((2, 0.5), (report.Total.Seen, report.Total.OfSeen));
        var (a, b) = (report.Items.Top[0], report.Items.Top[1]);
        Assert.Equal(("a", 0.5, 2.0), (a.Key, a.Weighted, a.EffectiveSampleSize));
        Assert.Equal(("b", 81 / 41.0), (b.Key, b.EffectiveSampleSize));
        Assert.Equal(5 / 9.0, b.Weighted!.Value, 1e-12);
        Assert.Equal([("1", 1.0), ("2", 0.0)], report.Ranks.Select(r => (r.Key, r.Plain!.Value)));
        Assert.Equal(["basket", "home"], report.Placements.Select(r => r.Key));
        Assert.Equal([("cold", 0.5), ("heavy", 0.5)], report.Segments.Select(r => (r.Key, r.Plain!.Value)));
        Assert.Equal([("2026-11-20", 1), ("2026-11-21", 1)], report.Days.Select(d => (d.Day, d.Slates)));

        // Of four items two were served, twice each; each is expected in every slate, the others by epsilon alone, which is 0.
        Assert.Equal((4, 2, 0.5, 0.5, 0.5, 0.0), (
            report.Spread.Catalogue, report.Spread.Served, report.Spread.Coverage, report.Spread.Gini, report.Spread.Discoverable, report.Spread.LeastChance));

        // The second slate is open; of the closed one's interactions none was late.
        Assert.Equal((2, 2, 0, 1, 1), (report.Slates.Looked, report.Slates.Counted, report.Slates.Immature, report.Slates.Open, report.Slates.Sighted));
        Assert.Equal(0, report.Slates.LateShare);
    }

    [Fact]
    public void Recommenders_are_compared_where_chance_decided_between_them_by_the_inverse_of_their_shares()
    {
        // Similar answers a quarter at home, where one of two slots is taken, and half at the basket, where none is: weights 4, 4, 2, 2.
        // The slates that nothing else could have answered say nothing of who answers better.
        var slates = new[]
        {
            Shared("similar", 0.25, "h", taken: true), Shared("similar", 0.5, "b", taken: false),
            Shared("sasrec", 0.75, "g", taken: false), Shared("popularity", 1, "p", taken: true),
        };

        var compared = Report(Strict, slates).Comparison.ToDictionary(rate => rate.Key);

        Assert.Equal(["sasrec", "similar"], compared.Keys.Order());
        Assert.Equal(4 / 12.0, compared["similar"].Weighted!.Value, 1e-12);
        Assert.Equal(0.25, compared["similar"].Plain!.Value, 1e-12);
        Assert.Equal(12 * 12 / 40.0, compared["similar"].EffectiveSampleSize, 1e-12);
        Assert.True(compared["similar"].Enough);

        static ServedSlate Shared(string source, double share, string id, bool taken)
        {
            var slate = Slate(id, Noon, [("a", 0.5), ("b", 0.25)]);
            return slate with
            {
                Impression = slate.Impression with { Recommender = source, RecommenderShare = share, UserId = id },
                Events = taken ? [Click("a", Noon.AddMinutes(1))] : [],
            };
        }
    }

    [Fact]
    public void A_slate_counts_once_it_is_mature_and_is_open_until_the_window_has_passed()
    {
        var slates = new[] { Noon, Noon.AddMinutes(10), Noon.AddMinutes(11) }
            .Select((at, i) => Slate($"r{i}", at, [("a", 1)]) with { Events = [Click("a", at.AddMinutes(15))] }).ToArray();
        var young = Report(Strict, Noon.AddMinutes(20), slates).Slates;
        Assert.Equal((3, 2, 1, 2, null), (young.Looked, young.Counted, young.Immature, young.Open, young.LateShare));
        var old = Report(Strict, Noon.AddDays(1).AddMinutes(10), slates).Slates;
        Assert.Equal((3, 3, 0, 1, 1.0), (old.Looked, old.Counted, old.Immature, old.Open, old.LateShare));
    }

    [Fact]
    public void What_has_too_few_slots_or_was_shown_only_where_the_policy_was_sure_is_not_enough()
    {
        var sure = Enumerable.Range(0, 400).Select(i => Slate($"r{i}", Noon, [(i == 0 ? "rare" : "sure", 1)])).ToArray();
        var report = Report(Strict with { MinEffectiveSampleSize = 30 }, sure);
        Assert.Equal("not enough support: worth 1 slots, 30 are needed", report.Items.Top.Single(r => r.Key == "rare").Reason);
        Assert.Equal(
            "not enough support: the log shows 1.0 different items for a slot, 2 are needed to tell items from the policy's choice of them",
            Assert.Single(report.Ranks).Reason);
        Assert.True(report.Total.PlainEnough);
        Assert.False(report.Total.Enough);
    }

    [Fact]
    public void Weights_are_cut_and_it_is_told()
    {
        var report = Report(Strict with { MaxWeight = 10 }, Slate("r", Noon, [("a", 0.001), ("b", 0.5)]) with { Events = [Click("a", Noon)] });
        Assert.Equal(10 / 12.0, report.Total.Weighted!.Value, 1e-12);
        Assert.Equal(0.5, report.Total.ClippedShare);
    }

    [Fact]
    public void Models_are_compared_with_the_one_before_them()
    {
        ServedSlate Of(string id, string model, int minute, params (string, double)[] items)
        {
            var slate = Slate(id, Noon.AddMinutes(minute), items);
            return slate with { Impression = slate.Impression with { ModelVersion = model } };
        }

        var report = Report(
            Strict, Of("3", "newer", 5, ("b", 1), ("c", 1)), Of("1", "older", 0, ("a", 1), ("b", 1)), Of("2", "older", 1, ("a", 1), ("b", 1)));
        Assert.Equal(["older", "newer"], report.Models.Select(m => m.Version));
        Assert.Equal((null, null, null), (report.Models[0].Previous, report.Models[0].TopOverlap, report.Models[0].Shift));
        Assert.Equal(("older", 1 / 3.0, 0.5), (report.Models[1].Previous, report.Models[1].TopOverlap, report.Models[1].Shift));
        Assert.Equal((2, Noon, Noon.AddMinutes(1), 0.5), (
            report.Models[0].Slates, report.Models[0].FirstServedAt, report.Models[0].LastServedAt, report.Models[0].Coverage));
    }

    [Fact]
    public void Parts_that_are_merged_give_the_report_of_the_whole()
    {
        var ledger = new LedgerWorld().Ledger(900, new ExplorationPolicy(), seed: 8).ToArray();
        var (whole, odd, even) = (New(), New(), New());
        foreach (var (i, slate) in ledger.Index())
        {
            whole.Add(slate);
            (i % 2 == 0 ? even : odd).Add(slate);
        }

        even.Merge(odd);
        Assert.Equal(Rounded(whole), Rounded(even));

        static InsightsBuilder New() => new(new LedgerOptions { Temperatures = [0.25] }, LedgerWorld.After);

        // Sums of doubles in another order differ in their last digits.
        static string Rounded(InsightsBuilder builder) => System.Text.RegularExpressions.Regex.Replace(
            JsonSerializer.Serialize(builder.Build(DateTimeOffset.MinValue, DateTimeOffset.MaxValue)), @"(\.\d{8})\d+", "$1");
    }

    [Fact]
    public void A_placement_more_than_are_told_apart_goes_to_the_others()
    {
        var report = Report(Strict, [.. Enumerable.Range(0, 300).Select(i => Slate($"r{i}", Noon, [("a", 0.5)], $"place {i}"))]);
        Assert.Equal(201, report.Placements.Count);
        Assert.Equal(("(others)", 100), (report.Placements[0].Key, report.Placements[0].Served));
    }

    [Fact]
    public void Slots_of_one_slate_count_as_one_where_they_rise_and_fall_together()
    {
        // Every slate is taken whole or not at all, as a hot user might: 100 slates, not 500 slots, tell of the rate.
        var slates = Enumerable.Range(0, 100).Select(i =>
        {
            (string, double)[] items = [("a", 0.5), ("b", 0.5), ("c", 0.5), ("d", 0.5), ("e", 0.5)];
            var slate = Slate($"r{i}", Noon, items);
            return i % 2 == 0 ? slate : slate with { Events = [.. items.Select(item => Click(item.Item1, Noon))] };
        });
        var total = Report(Strict, [.. slates]).Total;
        Assert.Equal(0.5, total.Plain);

        // Wilson's interval of 50 in 100 is 0.404 to 0.596, up to how the slates fall into groups of users; of 250 in 500 it would begin at 0.457.
        Assert.InRange(total.PlainLow!.Value, 0.37, 0.43);
        Assert.InRange(total.PlainHigh!.Value, 0.57, 0.63);
    }

    [Fact]
    public void Over_100_ledgers_the_weighed_interval_covers_the_true_rate_of_an_item_and_the_plain_rate_is_off()
    {
        var (world, policy) = (new LedgerWorld(), new ExplorationPolicy { Temperature = 0.5, Epsilon = 0.1 });
        var truths = Enumerable.Range(0, LedgerWorld.Items).ToDictionary(LedgerWorld.Name, item => world.WeighedRate(item, policy));
        var (rates, covered, plainCovered) = (0, 0, 0);
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var report = Report(new LedgerOptions { Temperatures = [], Epsilons = [], AdviceSlates = 100 }, LedgerWorld.After, [.. world.Ledger(1_000, policy, seed)]);
            foreach (var rate in report.Items.Top.Where(rate => rate.Enough))
            {
                rates++;
                covered += rate.Low <= truths[rate.Key] && truths[rate.Key] <= rate.High ? 1 : 0;
                plainCovered += rate.PlainLow <= truths[rate.Key] && truths[rate.Key] <= rate.PlainHigh ? 1 : 0;
            }
        }

        Assert.True(rates > 600, $"{rates} rates had support");
        Assert.InRange(covered / (double)rates, 0.93, 0.97);
        Assert.True(plainCovered / (double)rates < 0.85, $"plain {plainCovered / (double)rates}");
    }

    [Fact]
    public void A_ledger_without_slates_has_a_report_without_figures()
    {
        var report = Report(Strict);
        Assert.Equal((0, null, false), (report.Total.Served, report.Total.Plain, report.Total.Enough));
        Assert.Null(report.Spread.Coverage);
        Assert.Null(report.Advice.Recommended);
        Assert.DoesNotContain("NaN", JsonSerializer.Serialize(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Intervals_hold_what_they_claim_where_few_users_have_most_of_the_slates()
    {
        const int Ledgers = 400;
        var held = 0;
        for (var ledger = 0; ledger < Ledgers; ledger++)
        {
            var random = new RandomStream((ulong)ledger);
            var slates = new List<ServedSlate>();
            for (var user = 0; user < 50; user++)
            {
                // Half of the users take four of ten, the others none: 100 slates of one user are worth far less than 100 slates.
                var chance = random.NextDouble() < 0.5 ? 0.4 : 0;
                for (var i = 0; i < 100; i++)
                {
                    var slate = Slate($"{ledger} {user} {i}", Noon, [("a", 0.5)]);
                    slates.Add(slate with
                    {
                        Impression = slate.Impression with { UserId = $"{ledger} {user}" },
                        Events = random.NextDouble() < chance ? [Click("a", Noon.AddMinutes(1))] : [],
                    });
                }
            }

            var total = Report(Strict with { Temperatures = [], Epsilons = [] }, Noon.AddDays(2), [.. slates]).Total;
            held += total.PlainLow <= 0.2 && 0.2 <= total.PlainHigh && total.Low <= 0.2 && 0.2 <= total.High ? 1 : 0;
        }

        Assert.InRange(held / (double)Ledgers, 0.92, 0.98);
    }

    [Fact]
    public void A_slate_whose_seed_the_client_chose_takes_no_part()
    {
        var chosen = Slate("r1", Noon, [("a", 0.5)]);
        var report = Report(Strict, Slate("r", Noon, [("a", 0.5)]), chosen with { Impression = chosen.Impression with { Seeded = true } });
        Assert.Equal((1, 1), (report.Slates.Looked, report.Slates.Counted));
    }

    static InsightsReport Report(LedgerOptions options, params ServedSlate[] slates) => Report(options, Noon.AddDays(1).AddHours(1), slates);

    static InsightsReport Report(LedgerOptions options, DateTimeOffset asOf, ServedSlate[] slates)
    {
        var builder = new InsightsBuilder(options, asOf);
        foreach (var slate in slates)
        {
            builder.Add(slate);
        }

        return builder.Build(Noon, asOf);
    }

    static SlateEvent Click(string item, DateTimeOffset at) => new(item, "click", at);

    static SlateEvent Seen(string item, DateTimeOffset at) => new(item, Sighting.Type, at);

    static ServedSlate Slate(string id, DateTimeOffset at, (string Item, double Propensity)[] items, string placement = "default", int? history = null) => new(
        new Impression
        {
            RecommendationId = id,
            Placement = placement,
            ServedAt = at,
            ModelVersion = "m",
            Recommender = "sasrec",
            Temperature = 1,
            Epsilon = 0,
            Seed = 0,
            EligibleCount = 4,
            HistoryCount = history,
            Items = [.. items.Select((item, i) => new ServedItem(item.Item, i + 1, 0.5, item.Propensity, false))],
        },
        []);
}
