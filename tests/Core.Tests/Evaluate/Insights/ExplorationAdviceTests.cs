using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Evaluate.Insights;

public sealed class ExplorationAdviceTests(ITestOutputHelper output)
{
    static readonly ExplorationPolicy Served = new() { Temperature = 0.5, Epsilon = 0.1 };

    // A coarse grid, so that many ledgers are quick.
    static readonly LedgerOptions Coarse = new()
    {
        Temperatures = [0, 0.25, 1],
        Epsilons = [0.02],
        MaxCost = 0.1,
    };

    [Fact]
    public void Over_40_ledgers_the_intervals_of_reward_and_change_cover_the_truth_also_those_of_what_is_recommended()
    {
        var world = new LedgerWorld();
        var (now, recommended, settings) = (world.Reward(Served), new Coverage(), new Coverage());
        var truths = new Dictionary<(double, double), double>();
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var advice = Advise(world.Ledger(1_200, Served, seed), Coarse);
            foreach (var setting in advice.Settings.Where(s => s.Enough))
            {
                var key = (setting.Temperature, setting.Epsilon);
                if (!truths.TryGetValue(key, out var truth))
                {
                    truths[key] = truth = world.Reward(new ExplorationPolicy { Temperature = setting.Temperature, Epsilon = setting.Epsilon });
                }

                settings.Add(setting, truth, now);
                if (new RecommendedSetting(setting.Temperature, setting.Epsilon) == advice.Recommended)
                {
                    recommended.Add(setting, truth, now);
                }
            }
        }

        output.WriteLine($"settings {settings}; recommended {recommended}");
        Assert.True(settings.Count > 150, $"{settings.Count} settings had support");
        Assert.InRange(settings.Reward, 0.89, 0.99);
        Assert.InRange(settings.Change, 0.89, 0.99);
        Assert.True(recommended.Count > 35, $"{recommended.Count} ledgers supported a recommendation");
        Assert.InRange(recommended.Reward, 0.9, 1);
        Assert.InRange(recommended.Change, 0.9, 1);
    }

    [Fact]
    public void What_was_served_is_among_the_settings_and_changes_nothing()
    {
        var advice = Advise(new LedgerWorld().Ledger(600, Served, 1), Coarse);
        var served = advice.Settings.Single(s => s.Temperature == 0.5 && s.Epsilon == 0.1);
        Assert.Equal(advice.Reward!.Value, served.Reward!.Value, 1e-5);
        Assert.Equal(0, served.Change!.Value, 1e-5);
        Assert.Equal(600, served.EffectiveSampleSize, 1e-3);
        Assert.True(served.Enough);
    }

    [Fact]
    public void More_may_be_explored_the_more_it_may_cost_and_the_reason_says_so()
    {
        var ledger = new LedgerWorld().Ledger(3_000, Served, 2).ToArray();
        var (careful, bold) = (Advise(ledger, Coarse with { MaxCost = 0 }), Advise(ledger, Coarse with { MaxCost = 0.3 }));
        Assert.True(Next(bold) > Next(careful));
        Assert.Contains("teaches most", bold.Reason, StringComparison.Ordinal);
        Assert.Contains($"temperature {bold.Recommended!.Temperature:0.###}", bold.Reason, StringComparison.Ordinal);

        static double Next(Advice advice) =>
            advice.Settings.Single(s => new RecommendedSetting(s.Temperature, s.Epsilon) == advice.Recommended).NextEffectiveSlates;
    }

    [Fact]
    public void A_greedy_ledger_supports_no_other_temperature()
    {
        var greedy = new LedgerWorld().Ledger(500, ExplorationPolicy.Greedy, 3)
            .Select(slate => slate with { Impression = slate.Impression with { UnservedLogSumExps = null } });
        var advice = Advise(greedy, Coarse);
        Assert.All(advice.Settings, setting => Assert.False(setting.Enough));
        Assert.Null(advice.Recommended);
        Assert.StartsWith("Not enough support", advice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hundred_slates_support_nothing_and_say_so()
    {
        var advice = Advise(new LedgerWorld().Ledger(100, Served, 4), Coarse);
        Assert.Null(advice.Recommended);
        Assert.Contains("are needed", advice.Settings.First(s => s.Temperature == 1).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_temperature_that_the_slates_were_not_logged_for_is_not_judged_by_the_few_that_were()
    {
        var slates = new LedgerWorld().Ledger(600, Served, 5)
            .Select((slate, i) => i % 5 > 0 ? slate : slate with { Impression = slate.Impression with { UnservedLogSumExps = null } });
        var setting = Advise(slates, Coarse).Settings.First(s => s.Temperature == 1);
        Assert.Equal("not enough support: 480 of 600 slates were logged with what this temperature takes", setting.Reason);
    }

    [Fact]
    public void The_sample_does_not_depend_on_the_order_of_the_slates()
    {
        var ledger = new LedgerWorld().Ledger(700, Served, 6).ToArray();
        var (forward, backward) = (Advise(ledger, Coarse with { AdviceSlates = 300 }), Advise(ledger.Reverse(), Coarse with { AdviceSlates = 300 }));
        Assert.Equal(300, forward.Slates);
        Assert.Equal(forward.Settings, backward.Settings);
    }

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(1, 0)]
    [InlineData(0.5, 0.1)]
    public void The_worth_of_the_next_slates_is_what_a_model_with_noisy_scores_finds(double temperature, double epsilon)
    {
        const int Items = 300, Models = 400;
        const double Shift = 0.3;
        var (random, second) = (new Random(7), 0.0);
        for (var model = 0; model < Models; model++)
        {
            double[] scores = [.. Enumerable.Range(0, Items).Select(_ => Explore.Slates.Gauss(random))];
            var logged = Law(scores);
            var wanted = Law([.. scores.Select(s => s + (Shift * Explore.Slates.Gauss(random)))]);
            second += logged.Zip(wanted, (mu, pi) => pi * pi / mu).Sum() / Models;
        }

        var (slates, _) = new NextEvaluation(Shift, 1, 1, 0.95).Of(temperature, epsilon);
        Assert.InRange(1000 / second / slates, 0.98, 1.15);

        double[] Law(double[] scores)
        {
            double[] powers = [.. scores.Select(s => Math.Exp(s / temperature))];
            return [.. powers.Select(p => ((1 - epsilon) * p / powers.Sum()) + (epsilon / Items))];
        }
    }

    static Advice Advise(IEnumerable<ServedSlate> ledger, LedgerOptions options)
    {
        var builder = new InsightsBuilder(options, LedgerWorld.After);
        foreach (var slate in ledger)
        {
            builder.Add(slate);
        }

        return builder.Build(DateTimeOffset.MinValue, LedgerWorld.After).Advice;
    }

    sealed class Coverage
    {
        // What is served now changes by exactly nothing.
        const double Rounding = 1e-5;

        int reward;
        int change;

        public int Count { get; private set; }

        public double Reward => reward / (double)Count;

        public double Change => change / (double)Count;

        public void Add(AdvisedSetting setting, double truth, double now)
        {
            Count++;
            reward += setting.Low <= truth && truth <= setting.High ? 1 : 0;
            change += setting.ChangeLow <= truth - now + Rounding && truth - now <= setting.ChangeHigh + Rounding ? 1 : 0;
        }

        public override string ToString() => $"{Count}: reward {Reward:f3}, change {Change:f3}";
    }
}
