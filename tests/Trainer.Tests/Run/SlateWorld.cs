using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Tests.Run;

/// <summary>Serves the champion of a <see cref="SmallLog"/> to its users, as the application would, and lets them act.</summary>
sealed class SlateWorld(SmallLog log, ScratchFolder work)
{
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    /// <summary>Serves slates one after the other, from the champion's publication on.</summary>
    /// <param name="users">How many users take turns.</param>
    /// <param name="slates">How many slates.</param>
    /// <param name="chance">The chance that a user whose last item was the first acts on the second.</param>
    /// <param name="policy">How the slates are drawn.</param>
    /// <param name="recommender">Which recommender the slates name.</param>
    /// <returns>The slates.</returns>
    public async Task<IReadOnlyList<Impression>> ServeAsync(
        int users, int slates, Func<int, int, double> chance, ExplorationPolicy policy, string recommender = Recommenders.Sasrec)
    {
        var registry = new ModelRegistry(log.Storage);
        var champion = await registry.GetAsync((await registry.CurrentAsync())!.Pointer.Version);
        var files = new ModelFolder(work.File("served"));
        await registry.DownloadAsync(champion.Version, files.Path);
        var catalogue = await files.ReadItemsAsync(CancellationToken.None);
        using var scorer = new ModelScorer(files.ReadWeights(), 1, files.ReadNeighbours());
        var random = new RandomStream(7);
        var histories = new Dictionary<int, List<int>>();
        foreach (var user in Enumerable.Range(0, users))
        {
            var newest = await new InteractionLog(log.Storage).NewestAsync(SmallLog.User(user), 500);
            histories[user] = [.. newest.Reverse().Select(i => Index(i.ItemId))];
        }

        var (impressions, acts, scores) = (new List<Impression>(), new List<Interaction>(), new float[catalogue.Items.Count]);
        for (var i = 0; i < slates; i++)
        {
            var (user, at) = (i % users, champion.CreatedAt + (i * Step));
            scorer.Score([histories[user].ToArray()], scores);
            var eligible = ItemSet.AllBut(scores.Length, histories[user].ToArray());
            var slate = PlackettLuceSlate.Draw(scores, eligible, 5, policy, random.NextBits());
            var impression = new Impression
            {
                RecommendationId = Guid.CreateVersion7(at).ToString("N"),
                UserId = SmallLog.User(user),
                ServedAt = at,
                ModelVersion = champion.Version,
                Recommender = recommender,
                Temperature = policy.Temperature,
                Epsilon = policy.Epsilon,
                Seed = 0,
                EligibleCount = slate.EligibleCount,
                UnservedLogSumExp = double.IsFinite(slate.UnservedLogSumExp) ? slate.UnservedLogSumExp : null,
                Items = [.. slate.Items.Select((item, s) => new ServedItem(catalogue.Items[item.Item], s + 1, item.Score, item.Propensity, item.Explored))],
            };
            impressions.Add(impression);
            var last = histories[user][^1];
            var acted = slate.Items.Select(item => item.Item).FirstOrDefault(item => random.NextDouble() < chance(Number(last), Number(item)), -1);
            if (acted >= 0)
            {
                histories[user].Add(acted);
                acts.Add(new Interaction
                {
                    EventId = $"act-{i}",
                    UserId = impression.UserId,
                    ItemId = catalogue.Items[acted],
                    Timestamp = at + (Step / 2),
                    RecommendationId = impression.RecommendationId,
                    Source = "recommendation",
                });
            }
        }

        await new ImpressionLog(log.Storage).AppendAsync(impressions);
        await new InteractionLog(log.Storage).AppendAsync(acts);
        return impressions;

        int Index(string id) => catalogue.Items.TryGetIndex(id, out var index) ? index : throw new InvalidOperationException(id);

        int Number(int index) => int.Parse(catalogue.Items[index].AsSpan("item ".Length), System.Globalization.CultureInfo.InvariantCulture);
    }
}
