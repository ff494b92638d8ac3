using System.Text.Json;
using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Serve;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

/// <summary>An application with two placements and three sources.</summary>
public sealed class PlacedApp : IAsyncLifetime
{
    TestApp? app;

    internal TestApp App => app ?? throw new InvalidOperationException("The application has not started.");

    internal TestModel Model { get; } = new(40);

    public async ValueTask InitializeAsync()
    {
        app = await TestApp.StartAsync(
            "Placements:home:MaxExploration=0.2",
            "Placements:home:MinTemperature=0.2",
            "Placements:home:MaxTemperature=2",
            "Placements:home:Epsilon=0.1",
            "Placements:home:MaxEpsilon=0.3",
            "Placements:mixed:Sources:Popularity=0.3",
            "Placements:mixed:Sources:Similar=0.2",
            "Placements:ranked:Source=popularity",
            "Placements:ranked:MaxTemperature=0");
        var version = await Model.PublishAsync(app.Get<ModelRegistry>());
        await app.ServesAsync(version);
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }
}

public class PlacementTests(PlacedApp placed) : IClassFixture<PlacedApp>
{
    static readonly string[] History = ["item 3", "item 7"];

    [Theory]
    [InlineData("temperature=3", "temperature", "3", "0.2 to 2 at placement 'home'")]
    [InlineData("exploration=0.5", "exploration", "0.5", "0 to 0.2 at placement 'home'")]
    [InlineData("temperature=0", "temperature", "0", "0.2 to 2 at placement 'home'")]
    [InlineData("epsilon=0.4", "epsilon", "0.4", "0 to 0.3 at placement 'home'")]
    [InlineData("source=similar", "source", "similar", "one of sasrec at placement 'home'")]
    public async Task A_request_beyond_the_bounds_of_its_placement_is_refused_with_field_value_and_range(
        string query, string field, string value, string range)
    {
        var problem = await placed.App.GetAsync($"/api/recommendations/u?placement=home&{query}", 400);

        var error = Assert.Single(problem.GetProperty("errors").EnumerateArray().ToArray());
        Assert.Equal((field, value, range), (
            error.GetProperty("field").GetString(), error.GetProperty("value").GetString(), error.GetProperty("range").GetString()));
        await placed.App.GetAsync($"/api/recommendations/u?placement=elsewhere&{query.Replace("source=similar", "source=sasrec", StringComparison.Ordinal)}");
    }

    [Fact]
    public async Task A_placement_has_defaults_of_its_own_and_others_are_brought_into_its_bounds()
    {
        var home = await AskAsync(new { history = History, placement = "home" });
        var ranked = await AskAsync(new { history = History, placement = "ranked" });

        Assert.Equal((0.5, 0.1), (Policy(home, "temperature"), Policy(home, "epsilon")));
        Assert.Equal((0, "popularity", 1), (
            Policy(ranked, "temperature"), ranked.GetProperty("source").GetString(), ranked.GetProperty("sourceShare").GetDouble()));
    }

    [Fact]
    public async Task A_user_keeps_the_source_all_day_and_over_users_sources_have_their_shares()
    {
        const int Users = 400;
        var (sources, shares) = (new Dictionary<string, int>(), new RecommenderShares { Popularity = 0.3, Similar = 0.2 });
        for (var user = 0; user < Users; user++)
        {
            var slates = new List<JsonElement>();
            for (var visit = 0; visit < (user < 5 ? 3 : 1); visit++)
            {
                slates.Add(await AskAsync(new { userId = $"visitor {user}", history = History, placement = "mixed", k = 2 }));
            }

            var source = Assert.Single(slates.Select(slate => slate.GetProperty("source").GetString()!).Distinct());
            Assert.All(slates, slate => Assert.Equal(shares.Of(source), slate.GetProperty("sourceShare").GetDouble(), 12));
            sources[source] = sources.GetValueOrDefault(source) + 1;
        }

        // Four standard deviations.
        foreach (var source in Recommenders.All)
        {
            var share = shares.Of(source);
            Assert.Equal(share, sources[source] / (double)Users, 4 * Math.Sqrt(share * (1 - share) / Users));
        }
    }

    [Fact]
    public async Task An_exploration_beside_a_temperature_is_refused()
    {
        var problem = await placed.App.GetAsync("/api/recommendations/u?exploration=0.1&temperature=1", 400);
        Assert.Equal("exploration", Assert.Single(problem.GetProperty("errors").EnumerateArray().ToArray()).GetProperty("field").GetString());
    }

    [Fact]
    public void An_exploration_is_translated_at_the_models_prices_and_a_temperature_stands_in_its_place()
    {
        var curve = new ExplorationCurve(0.5, [new ExplorationPoint(0.5, 0.7, 0.8, 0.6, 0.02)], 1_000);
        var request = new RecommendationRequest { UserId = "ann", K = 5, ExcludeSeen = true, NewItemShare = 0.03 };
        var placement = new Placement(new ServeOptions { Epsilon = 0 }, new PlacementOptions { Exploration = 0.1, MaxExploration = 0.2 });

        Assert.Equal(new ExplorationPolicy { Temperature = 0.5, Epsilon = 0, GreedyShare = 0.75, NewItemShare = 0.03 }, Near(placement.Policy(request, curve)));
        Assert.Equal(0.5, placement.Policy(request with { Exploration = 0.2 }, curve).GreedyShare, 1e-12);
        Assert.Equal((0.0, 0.0), (placement.Policy(request with { Exploration = 0 }, curve).Temperature, placement.Policy(request with { Exploration = 0 }, curve).GreedyShare));
        Assert.Equal((2.0, 0.0), (placement.Policy(request with { Temperature = 2 }, curve).Temperature, placement.Policy(request with { Temperature = 2 }, curve).GreedyShare));
        var expert = new Placement(new ServeOptions { Temperature = 0.7 }, new PlacementOptions());
        Assert.Equal((0.7, 0.0), (expert.Policy(request, curve).Temperature, expert.Policy(request, curve).GreedyShare));
        Assert.Equal(0.95, new Placement(new ServeOptions(), new PlacementOptions()).Policy(request, ExplorationCurve.Unknown).GreedyShare, 1e-3);

        static ExplorationPolicy Near(ExplorationPolicy policy) => policy with { GreedyShare = Math.Round(policy.GreedyShare, 12) };
    }

    [Fact]
    public void The_assignment_changes_from_day_to_day_and_follows_the_seed_of_a_request_that_has_one()
    {
        var shares = new RecommenderShares { Popularity = 0.5 };
        var noon = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var request = new RecommendationRequest { UserId = "ann", K = 5, ExcludeSeen = true, NewItemShare = 0 };

        var days = Enumerable.Range(0, 200).Select(day => RecommenderChoice.Of(new(shares, shares), request, true, noon.AddDays(day), (ulong)day).Recommender).ToArray();
        var seeded = Enumerable.Range(0, 200).Select(seed =>
            RecommenderChoice.Of(new(shares, shares), request with { Seed = (ulong)seed }, true, noon, (ulong)seed).Recommender).ToArray();

        Assert.InRange(days.Count(source => source == "popularity"), 70, 130);
        Assert.InRange(seeded.Count(source => source == "popularity"), 70, 130);
        Assert.Equal(seeded[7], RecommenderChoice.Of(new(shares, shares), request with { Seed = 7 }, true, noon.AddDays(1), 7).Recommender);
        Assert.Equal(new RecommenderChoice("popularity", 1), RecommenderChoice.Of(new(new(), new()), request, false, noon, 1));
    }

    [Fact]
    public async Task Each_source_scores_in_its_own_way_and_the_impression_says_which_it_was_and_how_likely()
    {
        var sasrec = await AskAsync(new { history = History, placement = "mixed", source = "sasrec", temperature = 0, epsilon = 0, k = 3 });
        var popular = await AskAsync(new { history = History, placement = "mixed", source = "popularity", temperature = 0, epsilon = 0, k = 3 });
        var similar = await AskAsync(new { history = History, placement = "mixed", source = "similar", temperature = 0, epsilon = 0, k = 2 });

        var unseen = Enumerable.Range(0, 40).Except([3, 7]).ToArray();
        Assert.Equal(unseen.OrderByDescending(i => placed.Model.Score(7, i)).Take(3).Select(i => $"item {i}"), Ids(sasrec));
        Assert.Equal(unseen.OrderByDescending(i => placed.Model.Counts[i]).Take(3).Select(i => $"item {i}"), Ids(popular));
        Assert.Equal(["item 6", "item 8"], Ids(similar).Order()); // The neighbours on the circle.
        Assert.All(new[] { sasrec, popular, similar }, slate => Assert.Equal(1, slate.GetProperty("sourceShare").GetDouble()));

        var assigned = await AskAsync(new { userId = "logged", history = History, placement = "mixed" });
        var id = assigned.GetProperty("recommendationId").GetString()!;
        var logged = await Eventually.GetAsync<Impression?>(
            "the impression is logged", async () => await placed.App.Get<ImpressionLog>().GetAsync(id), found => found is not null);
        Assert.Equal(
            (assigned.GetProperty("source").GetString(), assigned.GetProperty("sourceShare").GetDouble()), (logged!.Recommender, logged.RecommenderShare));
    }

    Task<JsonElement> AskAsync(object request) => placed.App.PostAsync("/api/recommendations", request, 200);

    static double Policy(JsonElement slate, string name) => slate.GetProperty("policy").GetProperty(name).GetDouble();

    static IEnumerable<string> Ids(JsonElement slate) => slate.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()!);
}
