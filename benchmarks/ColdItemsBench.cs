using System.CommandLine;
using System.Globalization;
using SasRec.Core.Content;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Items;
using SasRec.Core.Sequences;
using SasRec.Trainer.Content;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Files;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Import;
using SasRec.Trainer.Train;

namespace SasRec.Bench;

/// <summary>How well items rank that nobody has acted on, among themselves, by what the catalogue says of them.</summary>
/// <param name="Data">The file of interactions.</param>
/// <param name="Items">The file of items.</param>
/// <param name="Seed">Of the draw and of the training.</param>
/// <param name="ColdItems">How many items lost every action.</param>
/// <param name="Users">How many users took one of them.</param>
/// <param name="ColdNdcg10">By the content map.</param>
/// <param name="RandomNdcg10">By chance.</param>
/// <param name="PopularCategoryNdcg10">By the actions an item of the same categories has.</param>
/// <param name="Ratio">The first to the better of the other two.</param>
/// <param name="RatioLow">The lower end of its paired 95% interval, users drawn with replacement.</param>
/// <param name="RatioHigh">The upper end.</param>
/// <param name="Ridge">Of the map, chosen on training items; null where none was learned.</param>
/// <param name="Features">How many features the map knows; 0 where none was learned.</param>
sealed record ColdItemsResult(
    string Data, string Items, ulong Seed, int ColdItems, int Users, double ColdNdcg10, double RandomNdcg10, double PopularCategoryNdcg10,
    double Ratio, double RatioLow, double RatioHigh,
    double? Ridge, int Features);

/// <summary>A fifth of the items loses every action in training and keeps its row of the catalogue; users who took one are asked for these alone.</summary>
sealed class ColdItemsBench : BenchVerb<ColdItemsResult>
{
    const int K = 10;

    readonly Option<string> data = new("--data") { Description = "Lines 'user item', or CSV with a header.", Required = true };
    readonly Option<string> items = new("--items") { Description = "The catalogue: CSV with a header, or JSON.", Required = true };
    readonly Option<ulong> seed = new("--seed") { Description = "The seed of the draw and of the training.", DefaultValueFactory = _ => 1 };
    readonly Option<int> threads = new("--threads") { Description = "0 for one a core." };

    public ColdItemsBench()
        : base("cold-items", "NDCG@10 of items that nobody has acted on, among themselves, by what the catalogue says of them.")
    {
        Add(data);
        Add(items);
        Add(seed);
        Add(threads);
    }

    protected override ColdItemsResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (draw, cores) = (parsed.GetValue(seed), parsed.GetValue(threads));
        var read = InteractionFile.Open(parsed.GetValue(data)!).ReadDataset(new DatasetOptions());
        var catalogue = ContentLearner.Of(read.Items, CatalogueFile.Read(parsed.GetValue(items)!));
        var cold = ColdItemCases.DrawFifth(read.Items.Count, draw);
        var cases = ColdItemCases.Of(read.Sequences, cold);

        // A model never hears of the cold items: they are no items of it, and so no negatives either.
        int[] kept = [.. Enumerable.Range(0, cold.Length).Where(item => !cold[item])];
        int[] own = [.. cold.Select((isCold, item) => isCold ? -1 : Array.BinarySearch(kept, item))];
        var train = cases.Train.Renumbered(own, kept.Length);
        var split = LeaveOneOut.Of(train);
        var (config, options) = TrainingOptions.For(split.Train);
        options = options with { Seed = draw, Threads = cores };
        progress.WriteLine(FormattableString.Invariant($"{cases.Items.Count:N0} of {cold.Length:N0} items are cold; {cases.Count:N0} users took one."));
        var validate = ModelScorer.Validation(split.Validation, K, HoldOut.MaxValidationCases, cores);
        var epochs = SasRecTrainer.Train(split.Train, config, options, validate, cancellationToken: cancellation).BestEpoch;
        var weights = SasRecTrainer.Train(train, config, options with { Epochs = epochs }, cancellationToken: cancellation).Weights;
        var learner = new ContentLearner([.. kept.Select(item => catalogue[item])], K, draw, cores);
        var ridge = learner.ChooseRidge(weights, train, cancellation);
        var map = ridge is null ? null : learner.Fit(weights, train, ridge.Value, cancellation);
        var random = cases.Ndcg(new ChanceScorer(cold.Length, draw), K, cancellation);
        var popular = cases.Ndcg(PopularCategory(cases.Train, catalogue), K, cancellation);
        var ours = random;
        if (map is not null)
        {
            var all = new ContentLearner(catalogue, K, draw, cores);
            using var scorer = new ModelScorer(all.Placed(weights.WithItems(own, draw), map, cases.Items), cores);
            ours = cases.Ndcg(scorer, K, cancellation);
        }

        var best = popular.Average() > random.Average() ? popular : random;
        var ratio = PairedBootstrap.Ratio(ours, best, draw);
        return new ColdItemsResult(
            Path.GetFileName(parsed.GetValue(data)!), Path.GetFileName(parsed.GetValue(items)!), draw, cases.Items.Count, cases.Count,
            ours.Average(), random.Average(), popular.Average(), ratio.Difference, ratio.Low, ratio.High, ridge,
            map?.FeatureCount ?? 0);
    }

    protected override string Table(ColdItemsResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {result.Data}, {result.ColdItems:N0} items without an action, {result.Users:N0} users: NDCG@10 among these items
          by content            {result.ColdNdcg10:0.0000}
          by chance             {result.RandomNdcg10:0.0000}
          by popular category   {result.PopularCategoryNdcg10:0.0000}
          ratio to the better   {result.Ratio:0.00} [{result.RatioLow:0.00}, {result.RatioHigh:0.00}]
        """);

    /// <summary>The actions that an item has on average in the categories of the cold one; of several categories the mean.</summary>
    static PopularityScorer PopularCategory(SequenceDataset train, CatalogueItem?[] catalogue)
    {
        var counts = ItemCounts.AllTime(train);
        var means = Enumerable.Range(0, counts.Length).Where(item => counts[item] > 0 && catalogue[item] is not null)
            .SelectMany(item => catalogue[item]!.Categories.Select(category => (Category: category, Count: counts[item])))
            .GroupBy(one => one.Category).ToDictionary(same => same.Key, same => same.Average(one => one.Count));
        return new PopularityScorer(
            [.. catalogue.Select(item => (int)(1000 * (item?.Categories.Select(category => means.GetValueOrDefault(category)).DefaultIfEmpty(0).Average() ?? 0)))]);
    }
}
