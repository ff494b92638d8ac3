using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

[Collection<TurnsTests>]
public class NeighbourServingTests(TurnsApp turns)
{
    static readonly string[] History = ["item 3", "item 8"];

    readonly TestApp app = turns.App;

    // Item 21 follows item 3 in two histories.
    static ItemNeighbours Table(int items = 40) =>
        NeighbourCounter.Count(new SequenceDataset(items, [0, 2, 4], [3, 21, 3, 21]), new NeighbourStrengths(0.1, 0.1));

    [Fact]
    public async Task Counts_of_item_pairs_are_part_of_scores_propensities_and_reasons()
    {
        var (model, table) = (new TestModel(40), Table());
        await app.ServesAsync(await model.PublishAsync(app.Get<ModelRegistry>(), neighbours: table));
        var added = new float[40];
        table.AddTo([3, 8], added);
        float Score(int item) => model.Score(8, item) + added[item];

        var slate = await app.PostAsync(
            "/api/recommendations", new { history = History, k = 1, temperature = 0.5, epsilon = 0, seed = 1, explain = true, preview = true }, 200);

        var candidates = slate.GetProperty("candidates").EnumerateArray().ToDictionary(
            c => c.GetProperty("itemId").GetString()!, c => c.GetProperty("score").GetDouble());
        Assert.True(added[21] > 0.5);
        Assert.Equal(Score(21), candidates["item 21"], 1e-4);
        var eligible = Enumerable.Range(0, 40).Except([3, 8]).ToArray();
        var shown = slate.GetProperty("items")[0];
        var item = Array.IndexOf(model.Items, shown.GetProperty("itemId").GetString());
        var total = eligible.Sum(i => Math.Exp(Score(i) / 0.5));
        Assert.Equal(Math.Exp(Score(item) / 0.5) / total, shown.GetProperty("propensity").GetDouble(), 1e-6);

        // The network looks at the last item alone, so what item 3 does for item 21 the counts do.
        var greedy = await app.PostAsync(
            "/api/recommendations", new { history = History, k = 1, temperature = 0, epsilon = 0, allow = new[] { "item 21" }, explain = true, preview = true }, 200);
        var because = greedy.GetProperty("items")[0].GetProperty("because").EnumerateArray().Select(reason => reason.GetProperty("itemId").GetString());
        Assert.Contains("item 3", because);
    }

    [Fact]
    public async Task A_table_over_another_catalogue_is_never_served()
    {
        var sound = await new TestModel(40).PublishAsync(app.Get<ModelRegistry>());
        await app.ServesAsync(sound);

        await new TestModel(40).PublishAsync(app.Get<ModelRegistry>(), neighbours: Table(41));

        await Eventually.TrueAsync(
            "health names the refusal", async () => (await app.HealthAsync()).ToString().Contains("The neighbours are of 41 items", StringComparison.Ordinal));
        Assert.Equal(sound, (await app.HealthAsync()).GetProperty("model").GetProperty("serving").GetString());
    }
}
