using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Items;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Functions;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;
using SasRec.Functions.Serve;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Models;
using SasRec.Trainer.Export;

namespace SasRec.Bench;

/// <summary>What filters cost a request, medians in milliseconds from the request read to its answer made; nothing goes over a wire.</summary>
/// <param name="Items">The size of the model and of the catalogue.</param>
/// <param name="Left">How many items the filters leave, of those that the history does not hold.</param>
/// <param name="UnfilteredMs">A request without filters.</param>
/// <param name="CategoryMs">One whose categories leave 1%: one of a hundred allowed, and one more denied.</param>
/// <param name="AllowListMs">One whose list of allowed ids leaves as many.</param>
/// <param name="Ratio">By categories, by the one without filters.</param>
/// <param name="ListRatio">By a list of ids, by the one without filters.</param>
/// <param name="IndexMs">What a change of the catalogue or the model costs beside requests: all bitmaps made anew.</param>
sealed record FilterTimes(
    int Items, int Left, double UnfilteredMs, double CategoryMs, double AllowListMs, double Ratio, double ListRatio, double IndexMs);

/// <summary>A recommendation with filters that leave 1% of the catalogue, beside one without, through the serving path as it is deployed.</summary>
sealed class FiltersBench : BenchVerb<FilterTimes>
{
    const int OneIn = 100;

    readonly Option<int> items = new("--items") { Description = "The size of the catalogue.", DefaultValueFactory = _ => 25_000 };
    readonly Option<int> slots = new("--slots") { Description = "The length of the slate.", DefaultValueFactory = _ => 20 };
    readonly Option<int> history = new("--history") { Description = "The length of the history.", DefaultValueFactory = _ => 50 };
    readonly Option<int> times = new("--times") { Description = "How often each is measured.", DefaultValueFactory = _ => 1000 };

    public FiltersBench()
        : base("filters", "A recommendation whose filters leave 1% of the catalogue, beside one without filters.")
    {
        foreach (var option in new Option[] { items, slots, history, times })
        {
            Add(option);
        }
    }

    protected override FilterTimes Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (count, k, length, rounds) = (parsed.GetValue(items), parsed.GetValue(slots), parsed.GetValue(history), parsed.GetValue(times));
        using var app = FunctionsApp.CreateBuilder(["--AzureWebJobsStorage=UseDevelopmentStorage=true", "--RetrainSchedule=0 0 * * * *"]).Build();
        var holder = app.Services.GetRequiredService<CatalogueHolder>();
        holder.Replace(Shop(count));
        var model = Model(count, holder);
        var slot = app.Services.GetRequiredService<ModelSlots>().Current;
        slot.Replace(model);
        slot.Report(slot.State);

        var plain = new RecommendationRequest
        {
            History = [.. Enumerable.Range(0, length).Select(i => Id(i * 37 % count))],
            K = k,
            ExcludeSeen = true,
            Temperature = 0.5,
            Epsilon = 0.02,
            NewItemShare = 0.02,
            Preview = true,
        };
        var ways = new[]
        {
            plain,
            plain with { AllowCategories = ["shelf 7", "shelf 8"], DenyCategories = ["shelf 8"] },
            plain with { Allow = [.. Enumerable.Range(0, count).Where(i => i % OneIn == 7).Select(Id)] },
        };
        var recommender = app.Services.GetRequiredService<Recommender>();
        var placement = app.Services.GetRequiredService<Placements>().For("bench");
        var medians = Medians(recommender, placement, ways, rounds, cancellation);
        var left = ((RecommendationResult.Slate)recommender.RecommendAsync(ways[1], placement, cancellation).GetAwaiter().GetResult()).Response.Eligible;
        return new FilterTimes(
            count, left, medians[0], medians[1], medians[2], Math.Round(medians[1] / medians[0], 3), Math.Round(medians[2] / medians[0], 3), IndexMs(model, count));
    }

    protected override string Table(FilterTimes result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        a recommendation from {result.Items:n0} items, milliseconds; the filters leave {result.Left:n0}
          without filters      {result.UnfilteredMs,8:f3}
          by categories        {result.CategoryMs,8:f3}   {result.Ratio:f2} times
          by a list of ids     {result.AllowListMs,8:f3}   {result.ListRatio:f2} times
          bitmaps made anew    {result.IndexMs,8:f3}   beside requests, where the catalogue or the model changed
        """);

    /// <summary>Turn and turn about, so that whatever else the machine does falls on all alike; the first fifth is to warm up.</summary>
    static double[] Medians(Recommender recommender, Placement placement, RecommendationRequest[] ways, int rounds, CancellationToken cancellation)
    {
        var times = ways.Select(_ => new double[rounds]).ToArray();
        for (var round = -rounds / 5; round < rounds; round++)
        {
            for (var way = 0; way < ways.Length; way++)
            {
                var start = Stopwatch.GetTimestamp();
                recommender.RecommendAsync(ways[way] with { Seed = (ulong)(round + rounds) }, placement, cancellation).GetAwaiter().GetResult();
                if (round >= 0)
                {
                    times[way][round] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                }
            }
        }

        return [.. times.Select(way => Math.Round(way.Order().ElementAt(rounds / 2), 4))];
    }

    static double IndexMs(LoadedModel model, int count)
    {
        var (shop, times) = (Shop(count), new double[5]);
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            _ = new ItemIndex(model.Items, shop, DateTimeOffset.UtcNow);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return Math.Round(times.Order().ElementAt(times.Length / 2), 2);
    }

    static LoadedModel Model(int count, CatalogueHolder catalogue)
    {
        var folder = Directory.CreateTempSubdirectory("sasrec-filters-").FullName;
        try
        {
            var config = new SasRecConfig();
            OnnxExport.Write(SasRecWeights.Initialized(config, count, 1), Path.Combine(folder, Names.ModelBlobs.Network));
            var vocabulary = new ItemVocabulary(Enumerable.Range(0, count).Select(Id));
            using (var file = File.Create(Path.Combine(folder, Names.ModelBlobs.Items)))
            {
                new ModelItems(vocabulary, new int[count], new int[count]).WriteAsync(file).GetAwaiter().GetResult();
            }

            var manifest = new ModelManifest
            {
                Version = "untrained", Config = config, Data = new DataRange(null, null, 0, 0, count), Protocol = "none",
            };
            return LoadedModel.LoadAsync(manifest, folder, catalogue.ViewFor, CancellationToken.None).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static Catalogue Shop(int count) => Catalogue.Empty.With(new ItemUpdate(
        true,
        Enumerable.Range(0, count).ToDictionary(Id, CatalogueItem? (i) => new CatalogueItem
        {
            Id = Id(i), Title = $"Title of {i}", Categories = [$"shelf {i % OneIn}", $"wing {i % 7}"],
        })));

    static string Id(int item) => string.Create(CultureInfo.InvariantCulture, $"item-{item:d7}");
}
