using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using SasRec.Core.Explore;

namespace SasRec.Bench;

/// <summary>A slate with propensities out of a large catalogue, beside a plain top-k of the same scores, on one core.</summary>
static class ExploreBenchmark
{
    const int Rounds = 400;

    public static Command Command()
    {
        var items = new Option<int>("--items") { Description = "Size of the catalogue.", DefaultValueFactory = _ => 1_000_000 };
        var slots = new Option<int>("--slots") { Description = "Length of the slate.", DefaultValueFactory = _ => 20 };
        var json = new Option<bool>("--json") { Description = "End with one line of JSON." };
        var command = new Command("explore", "A slate with propensities against a plain top-k.") { items, slots, json };
        command.SetAction(arguments =>
            Run(arguments.GetValue(items), arguments.GetValue(slots), arguments.GetValue(json)));
        return command;
    }

    static void Run(int items, int slots, bool json)
    {
        var scores = Scores(items);
        var excluding = ItemSet.All(items);
        for (var i = 0; i < 200; i++)
        {
            excluding.Remove((int)(i * 7919L % items));
        }

        var policy = new ExplorationPolicy { Temperature = 1, Epsilon = 0.05 };
        Func<ulong, Slate>[] ways =
        [
            // The same filter, checks of the scores and order of ties; nothing drawn and no sum taken.
            seed => PlackettLuceSlate.Draw(scores, excluding, slots, ExplorationPolicy.Greedy, seed),
            seed => PlackettLuceSlate.Draw(scores, excluding, slots, policy, seed),
            seed => PlackettLuceSlate.Draw(scores, null, slots, policy, seed),
            seed => PlackettLuceSlate.Draw(scores, excluding, slots, policy with { Temperature = 0.05 }, seed),
        ];

        // Turn and turn about, so that whatever else the machine does falls on all alike.
        var times = ways.Select(_ => new double[Rounds]).ToArray();
        for (var round = -Rounds / 4; round < Rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                var start = Stopwatch.GetTimestamp();
                ways[way]((ulong)(round + Rounds));
                if (round >= 0)
                {
                    times[way][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }

        var medians = times.Select(Median).ToArray();
        Console.WriteLine($"{slots} of {items:n0} items on one core, median of {Rounds}, milliseconds");
        Console.WriteLine($"  plain top-k                              {medians[0],8:f3}");
        Console.WriteLine($"  slate with propensities                  {medians[1],8:f3}   {medians[1] / medians[0]:f2} times");
        Console.WriteLine($"  the same, nothing excluded               {medians[2],8:f3}");
        Console.WriteLine($"  the same, temperature 0.05               {medians[3],8:f3}");
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                items,
                slots,
                topKMs = Math.Round(medians[0], 4),
                slateMs = Math.Round(medians[1], 4),
                slateWithoutFilterMs = Math.Round(medians[2], 4),
                slateColdMs = Math.Round(medians[3], 4),
                ratioToTopK = Math.Round(medians[1] / medians[0], 3),
            }));
        }
    }

    static float[] Scores(int items)
    {
        var random = new RandomStream(1);
        var scores = new float[items];
        for (var i = 0; i < items; i++)
        {
            scores[i] = (float)(2 * random.NextNormal());
        }

        return scores;
    }

    static double Median(double[] times) => times.Order().ElementAt(times.Length / 2);
}
