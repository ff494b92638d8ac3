using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SasRec.Core.Explore;

namespace SasRec.Bench;

/// <summary>A slate with propensities beside a plain top-k; medians, in milliseconds, on one core.</summary>
/// <param name="Items">The size of the catalogue.</param>
/// <param name="Slots">The length of the slate.</param>
/// <param name="TopKMs">The highest scores in order: the same filter, checks and order of ties, nothing drawn and no sum taken.</param>
/// <param name="SlateMs">The slate, with 200 items excluded.</param>
/// <param name="RatioToTopK">The one by the other.</param>
/// <param name="UnfilteredSlateMs">The slate with nothing excluded.</param>
/// <param name="ColdSlateMs">The slate at temperature 0.05.</param>
sealed record ExploreTimes(
    int Items, int Slots, double TopKMs, double SlateMs, double RatioToTopK, double UnfilteredSlateMs, double ColdSlateMs);

/// <summary>A slate with propensities out of a large catalogue, beside a plain top-k of the same scores.</summary>
sealed class ExploreBenchmark : BenchVerb<ExploreTimes>
{
    readonly Option<int> items = new("--items") { Description = "The size of the catalogue.", DefaultValueFactory = _ => 1_000_000 };
    readonly Option<int> slots = new("--slots") { Description = "The length of the slate.", DefaultValueFactory = _ => 20 };
    readonly Option<int> times = new("--times") { Description = "How often each is measured.", DefaultValueFactory = _ => 400 };

    public ExploreBenchmark()
        : base("explore", "A slate with propensities out of a million items, beside a plain top-k, on one core.")
    {
        foreach (var option in new Option[] { items, slots, times })
        {
            Add(option);
        }
    }

    protected override ExploreTimes Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (count, k, rounds) = (parsed.GetValue(items), parsed.GetValue(slots), parsed.GetValue(times));
        var scores = Scores(count);
        var filter = ItemSet.AllBut(count, [.. Enumerable.Range(0, 200).Select(i => (int)(i * 7919L % count))]);
        var policy = new ExplorationPolicy { Temperature = 1, Epsilon = 0.05 };
        var medians = Medians(
            rounds,
            cancellation,
            seed => PlackettLuceSlate.Draw(scores, filter, k, ExplorationPolicy.Greedy, seed),
            seed => PlackettLuceSlate.Draw(scores, filter, k, policy, seed),
            seed => PlackettLuceSlate.Draw(scores, null, k, policy, seed),
            seed => PlackettLuceSlate.Draw(scores, filter, k, policy with { Temperature = 0.05 }, seed));
        return new ExploreTimes(count, k, medians[0], medians[1], Math.Round(medians[1] / medians[0], 3), medians[2], medians[3]);
    }

    protected override string Table(ExploreTimes result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {result.Slots} of {result.Items:n0} items on one core, milliseconds
          plain top-k                 {result.TopKMs,8:f3}
          slate with propensities     {result.SlateMs,8:f3}   {result.RatioToTopK:f2} times
          the same, nothing excluded  {result.UnfilteredSlateMs,8:f3}
          the same, temperature 0.05  {result.ColdSlateMs,8:f3}
        """);

    /// <summary>Turn and turn about, so that whatever else the machine does falls on all alike; the first fifth is to warm up.</summary>
    static double[] Medians(int rounds, CancellationToken cancellation, params Func<ulong, Slate>[] ways)
    {
        var times = ways.Select(_ => new double[rounds]).ToArray();
        for (var round = -rounds / 5; round < rounds; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var way = 0; way < ways.Length; way++)
            {
                var start = Stopwatch.GetTimestamp();
                ways[way]((ulong)(round + rounds));
                if (round >= 0)
                {
                    times[way][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }

        return [.. times.Select(way => Math.Round(way.Order().ElementAt(rounds / 2), 4))];
    }

    static float[] Scores(int count)
    {
        var random = new RandomStream(1);
        var scores = new float[count];
        for (var i = 0; i < count; i++)
        {
            scores[i] = (float)(2 * random.NextNormal());
        }

        return scores;
    }
}
