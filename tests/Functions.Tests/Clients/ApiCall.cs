using SasRec.Functions.Page;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Functions.Tests.Clients;

/// <summary>One call of an operation that succeeds, as every generated client has to make it.</summary>
/// <param name="Operation">The operation's id.</param>
/// <param name="Body">The body in JSON; null for none.</param>
/// <param name="Given">The parameters of its path and query, and their values.</param>
sealed record ApiCall(string Operation, string? Body = null, params (string Name, object Value)[] Given)
{
    /// <summary>Calls of every operation, in an order in which all succeed.</summary>
    public static IReadOnlyList<ApiCall> All(Ids ids) =>
    [
        new("Health"),
        new("Status"),
        new("OpenApi"),
        new("Page", null, ("path", PageFile.All.Keys.First(path => path.EndsWith(".svg", StringComparison.Ordinal)))),
        new("BrowserScript"),
        new("PutItems", """{"items": [{"id": "item 1", "title": "One"}, {"id": "item 2", "title": "Two", "categories": ["c"], "available": true, "imageUrl": "https://shop.example/2.png", "publishedAt": "2026-01-01T00:00:00Z", "expiresAt": "2190-01-01T00:00:00Z", "attributes": {"price": 2.5, "blue": true, "maker": "m"}}]}"""),
        new("Items", null, ("count", 5), ("search", "item")),
        new("Item", null, ("itemId", "item 2")),
        new("PutRules", """{"rules": {"where": [{"attribute": "maker", "oneOf": ["m", 3, true], "not": true}, {"attribute": "price", "min": 1, "max": 2, "not": true}], "boosts": [{"where": [{"category": "c"}], "amount": 0.5}], "pins": [{"itemId": "item 1", "rank": 1}], "maxPerCategory": 3, "caps": [{"category": "c", "most": 2}], "diversity": 0.5}, "reason": "to try", "by": "ann", "replaces": 0}""", ("placement", ids.Placement)),
        new("Rules"),
        new("RulesOfPlacement", null, ("placement", ids.Placement)),
        new("Events", """{"events": [{"userId": "ann", "itemId": "item 3"}]}"""),
        new("Events", """{"events": [{"eventId": "e1", "userId": "ann", "itemId": "item 3", "type": "rating", "timestamp": "2026-01-02T00:00:00Z", "recommendationId": "r1", "source": "shop", "value": 4.5}]}"""),
        new("Recommendations", """{"userId": "ann"}"""),
        new("Recommendations", """{"history": ["item 3"], "k": 4, "allow": ["item 5", "item 6", "item 7", "item 8"], "deny": ["item 8"], "exclude": [], "dislikes": ["item 9"], "rules": {"boosts": [{"where": [{"itemId": "item 5"}], "amount": 1}]}, "excludeSeen": true, "temperature": 0.5, "epsilon": 0.1, "newItemShare": 0, "seed": 9007199254740991, "placement": "home", "explain": true, "preview": true}"""),
        new("RecommendationsOfUser", null, ("userId", "ann"), ("k", 3), ("exploration", 0.1), ("explain", true), ("deny", new[] { "item 4", "item 5" })),
        new("SimilarItems", null, ("itemId", "item 1"), ("k", 3), ("userId", "ann")),
        new("BoughtTogether", null, ("itemId", "item 1"), ("k", 3), ("userId", "ann")),
        new("Popular", null, ("by", "all"), ("k", 3)),
        new("Models", null, ("count", 5)),
        new("StartShadow", """{"reason": "to see", "by": "ann"}""", ("version", ids.OtherVersion)),
        new("Shadow"),
        new("EndShadow"),
        new("ActivateModel", """{"reason": "to try", "by": "ann", "override": true}""", ("version", ids.OtherVersion)),
        new("ActivateModel", """{"reason": "to go back"}""", ("version", ids.Version)),
        new("Runs", null, ("count", 5)),
        new("Run", null, ("runId", ids.RunId)),
        new("Retrain", null, ("force", true)),
        new("RetrainOutlook"),
        new("Messages", null, ("count", 32)),
        new("DropMessage", null, ("messageId", ids.MessageId)),
        new("ReplayMessage", null, ("messageId", ids.OtherMessageId)),
        new("ReplayMessages"),
        new("Users", null, ("count", 5)),
        new("User", null, ("userId", "ann"), ("count", 5)),
        new("ExportUser", null, ("userId", "ann"), ("count", 1000)),
        new("ExportUser", null, ("userId", "ann"), ("count", 1000), ("after", ids.ExportAfter)),
        new("DeleteUser", null, ("userId", "bob")),
        new("Deletion", null, ("deletionId", ids.DeletionId)),
        new("PutExperiment", """{"arms": [{"name": "a", "share": 0.5}, {"name": "b", "share": 0.25, "recommender": "sasrec", "exploration": 0.1, "rules": {"maxPerCategory": 3}}], "reason": "to try", "by": "ann", "placement": "elsewhere", "windowSeconds": 60, "effect": 0.1}""", ("experimentId", ids.Placement)),
        new("Experiments"),
        new("StartExperiment", """{"reason": "to begin"}""", ("experimentId", ids.Placement)),
        new("Experiment", null, ("experimentId", ids.Placement)),
        new("ExperimentReport", null, ("experimentId", ids.Placement)),
        new("StopExperiment", """{"reason": "to end", "by": "ann"}""", ("experimentId", ids.Placement)),
        new("ShipExperiment", """{"reason": "to keep", "by": "ann", "arm": "a", "override": true}""", ("experimentId", ids.Placement)),
        new("DeleteExperiment", null, ("experimentId", ids.Placement)),
        new("Insights", null, ("placement", "default")),
        new("DeleteRules", null, ("placement", ids.Placement)),
        new("DeleteItem", null, ("itemId", "item 2")),
    ];

    /// <summary>What exists when the calls begin.</summary>
    /// <param name="Version">The model that serves.</param>
    /// <param name="OtherVersion">Another one.</param>
    /// <param name="RunId">A retrain run.</param>
    /// <param name="DeletionId">The deletion of a user.</param>
    /// <param name="MessageId">A message that failed.</param>
    /// <param name="OtherMessageId">Another one.</param>
    /// <param name="ExportAfter">Where the page with slates of ann's export begins.</param>
    /// <param name="Placement">A placement that has no rules yet.</param>
    public sealed record Ids(string Version, string OtherVersion, string RunId, string DeletionId, string MessageId, string OtherMessageId, string ExportAfter, string Placement)
    {
        /// <summary>Makes all of it, but for what the application has.</summary>
        public static async Task<Ids> MakeAsync(TestApp app, string version)
        {
            var other = await new Serve.TestModel(36, shift: 3).PublishAsync(app.Get<ModelRegistry>(), activate: false, verdict: new GateVerdict(false, ["It may be worse."], new Dictionary<string, double> { ["ndcg@10"] = 0.25 }));
            var runs = app.Get<RunLog>();
            var run = new RunRecord
            {
                RunId = runs.NewId(),
                Trigger = "http",
                StartedAt = DateTimeOffset.UtcNow,
                Progress = new RunProgress(DateTimeOffset.UtcNow, "train", new TrainingStand(3, 10, 0.5, 0.21, 0.06, 0.07, 2, 400_000, 12.5)),
                Curve = [new CurvePoint("train", 1, 0.6, null, 390_000, 4), new CurvePoint("train", 2, 0.3, 0.07, 400_000, 8)],
            };
            await runs.SaveAsync(run);
            await app.PostAsync("/api/events", new { events = new[] { new { userId = "ann", itemId = "item 3" }, new { userId = "carl", itemId = "item 3" } } }, 202);
            await Eventually.TrueAsync("the event is in the log", async () => (await app.GetAsync("/api/users/ann")).GetProperty("interactions").GetArrayLength() > 0);
            await app.GetAsync("/api/recommendations/ann?k=3");
            var after = (await Eventually.GetAsync("the slate is in the ledger", () => PageOfSlatesAsync(app, "/api/users/ann/export?count=1000"), found => found is not null))!;
            var deleted = await app.SendAsync(HttpMethod.Delete, "/api/users/carl", 200);
            var failed = app.Storage.Queue(Names.InteractionsQueue + Names.PoisonSuffix);
            await failed.CreateIfNotExistsAsync();
            string[] texts = [Guid.NewGuid().ToString(), Guid.NewGuid().ToString()];
            foreach (var text in texts)
            {
                await failed.SendMessageAsync(text);
            }

            var messages = (await app.GetAsync("/api/messages?count=32")).GetProperty("messages").EnumerateArray().ToArray();
            string MessageOf(string text) => messages.Single(found => found.GetProperty("text").GetString() == text).GetProperty("messageId").GetString()!;
            return new Ids(
                version, other, run.RunId, deleted.GetProperty("deletionId").GetString()!,
                MessageOf(texts[0]), MessageOf(texts[1]), after, $"p{Guid.NewGuid():N}");
        }

        /// <summary>Where the first page with slates begins; null where none has any.</summary>
        static async Task<string?> PageOfSlatesAsync(TestApp app, string path)
        {
            for (var after = (string?)""; after is not null;)
            {
                var page = await app.GetAsync(path + (after.Length > 0 ? $"&after={after}" : ""));
                if (page.GetProperty("slates").GetArrayLength() > 0)
                {
                    return after;
                }

                after = page.GetProperty("next").GetString();
            }

            return null;
        }
    }
}
