using System.Globalization;
using System.Text.Json;
using SasRec.Core.Contracts;

namespace SasRec.Trainer.Tests.Commands;

public sealed class RepeatsTests : IDisposable
{
    const int Users = 300;
    const int Items = 60;

    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Three_lines_an_item_give_noise_no_better_figure_than_one_and_the_gate_refuses_both()
    {
        var triples = await TrainAsync(Noise(["view", "cart", "purchase"]));
        var once = await TrainAsync(Noise(["purchase"]));

        Assert.InRange(triples.Json.GetProperty("ndcg10").GetDouble(), 0, 0.16); // at random .075, standard error .013
        Assert.InRange(once.Json.GetProperty("ndcg10").GetDouble(), 0, 0.16);
        Assert.Equal(2.0 / 3, triples.Json.GetProperty("repeatShare").GetDouble(), 6);
        Assert.Equal(0, once.Json.GetProperty("repeatShare").GetDouble());
        foreach (var trained in new[] { triples, once })
        {
            var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(trained.Json.GetProperty("model").GetString()!, "manifest.json")));
            Assert.False(manifest.RootElement.GetProperty("verdict").GetProperty("passed").GetBoolean());
        }
    }

    [Fact]
    public async Task Where_seen_items_are_served_repeats_are_learned_and_asked_for()
    {
        var trained = await TrainAsync(Noise(["view", "cart", "purchase"]), "--seen-items");

        Assert.True(trained.Json.GetProperty("ndcg10").GetDouble() > 0.9, trained.Output);
        Assert.True(trained.Json.GetProperty("seenItems").GetBoolean());
    }

    [Fact]
    public async Task Ranks_in_a_file_give_the_reported_metrics()
    {
        var ranks = scratch.File("ranks.csv");

        var trained = await TrainAsync(Noise(["view", "cart", "purchase"]), "--ranks", ranks);

        var strict = File.ReadLines(ranks).Select(line => line.Split(',')).Where(row => row is ["leave-one-out", "strict", ..]).ToArray();
        Assert.Equal(Users, strict.Length);
        Assert.Equal(
            trained.Json.GetProperty("ndcg10").GetDouble(),
            strict.Average(row => double.Parse(row[4], CultureInfo.InvariantCulture) is <= 10 and var rank ? 1 / Math.Log2(1 + rank) : 0),
            9);
        Assert.Equal(
            File.ReadLines(scratch.File("3.csv")).Last(line => line.StartsWith("u0,", StringComparison.Ordinal)).Split(',')[1], strict[0][3]);
    }

    async Task<JobOutcome> TrainAsync(string data, params string[] more)
    {
        var outcome = await Job.RunAsync(["train", "--data", data, "--out", data + ".model", "--no-refit", .. SmallLog.Quick(8), "--json", .. more]);
        Assert.True(outcome.Code == ExitCode.Ok, outcome.Error);
        return outcome;
    }

    /// <summary>Four items of each user without rhyme or reason, each with a line for every type.</summary>
    string Noise(string[] types)
    {
        var path = scratch.File($"{types.Length}.csv");
        var random = new Random(7);
        var rows = new List<string> { "user,item,timestamp,type" };
        for (var user = 0; user < Users; user++)
        {
            var items = Enumerable.Range(0, Items).ToArray();
            random.Shuffle(items);
            rows.AddRange(
                from place in Enumerable.Range(0, 4)
                from type in types.Index()
                select $"u{user},i{items[place]},{1_700_000_000 + (86_400 * place) + (60 * type.Index)},{type.Item}");
        }

        File.WriteAllLines(path, rows);
        return path;
    }
}
