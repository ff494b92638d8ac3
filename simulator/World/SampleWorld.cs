using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Simulator.World;

/// <summary>A small shop with users who have tastes, habits and seasons: data from which a sequence model has something to learn.</summary>
public sealed class SampleWorld
{
    readonly SampleWorldOptions options;
    readonly SampleItem[] items;
    readonly double[] familyPopularity;

    /// <summary>Creates the world; its users act when <see cref="Interactions"/> is called.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public SampleWorld(SampleWorldOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options.Validated();
        items = SampleCatalogue.Create(options.Items);
        var random = new RandomStream(options.Seed);
        familyPopularity = new double[items[^1].Family + 1];
        for (var family = 0; family < familyPopularity.Length; family++)
        {
            // Pareto: a few kinds are sold everywhere, most are a long tail.
            familyPopularity[family] = Math.Pow(1 - random.NextDouble(), -0.7);
        }
    }

    /// <summary>The catalogue.</summary>
    public IReadOnlyList<SampleItem> Items => items;

    /// <summary>What has just arrived: in the catalogue, and in no interaction, so that no model knows it.</summary>
    public static IReadOnlyList<SampleItem> Arrivals => SampleCatalogue.Arrivals;

    /// <summary>What the users did, oldest first; the same seed and end give the same list.</summary>
    /// <param name="end">The time of the newest interaction at most; the oldest is at most <see cref="SampleWorldOptions.Days"/> earlier.</param>
    public IReadOnlyList<Interaction> Interactions(DateTimeOffset end)
    {
        var span = TimeSpan.FromDays(options.Days);
        var events = new List<(double Time, int User, int Item, bool Bought)>();
        for (var user = 0; user < options.Users; user++)
        {
            Act(user, events);
        }

        events.Sort();
        return
        [
            .. events.Select((e, i) => new Interaction
            {
                EventId = $"sample-{options.Seed}-{i + 1}",
                UserId = NameOf(e.User),
                ItemId = items[e.Item].Id,
                Type = e.Bought ? "purchase" : "view",
                Timestamp = WholeSecond(end - ((1 - e.Time) * span)),
            }),
        ];
    }

    /// <summary>The users, with what they would take next after all that they did.</summary>
    /// <param name="wishes">How many items each would take next, at most.</param>
    public IReadOnlyList<SampleShopper> Shoppers(int wishes) =>
    [
        .. Enumerable.Range(0, options.Users).Select(user => new SampleShopper(
            NameOf(user), Act(user, [], wishes).Select(item => items[item].Id).ToHashSet(StringComparer.Ordinal))),
    ];

    static string NameOf(int user) => $"user-{user + 1:d5}";

    /// <summary>One user's whole history: visits spread over the span, a few items a visit, minutes apart.</summary>
    /// <returns>What the user would take next.</returns>
    List<int> Act(int user, List<(double Time, int User, int Item, bool Bought)> events, int wishes = 0)
    {
        var random = new RandomStream(unchecked((options.Seed * 0x9E3779B97F4A7C15) + (ulong)user + 1));
        var shopper = new SampleUser(familyPopularity, items.Length, ref random);

        // Log-normal with the mean asked for: exp(N(-σ²/2, σ²)) has mean 1.
        const double sigma = 0.7;
        var count = Math.Max(3, (int)Math.Round(options.InteractionsPerUser * Math.Exp((sigma * random.NextNormal()) - (sigma * sigma / 2))));
        var visits = new double[(count + 3) / 4];
        for (var visit = 0; visit < visits.Length; visit++)
        {
            visits[visit] = random.NextDouble();
        }

        Array.Sort(visits);
        var pause = 2.0 / (24 * 60 * options.Days);
        var time = 0.0;
        for (var i = 0; i < count; i++)
        {
            time = i % 4 == 0 ? Math.Max(time + pause, visits[i / 4]) : time + (pause * (0.5 + random.NextDouble()));
            var item = shopper.Next(time, ref random);
            if (item < 0 || time > 1)
            {
                break;
            }

            events.Add((time, user, item, random.NextDouble() < 0.2));
        }

        var next = new List<int>();
        for (var i = 0; i < wishes; i++)
        {
            if (shopper.Next(1, ref random) is >= 0 and var item)
            {
                next.Add(item);
            }
        }

        return next;
    }

    static DateTimeOffset WholeSecond(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond)).ToUniversalTime();
}
