using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Evaluate.OffPolicy;

public class SlateReplayTests
{
    const int Items = 40, Users = 60, Slots = 4;

    static readonly ExplorationPolicy Policy = new() { Temperature = 0.8, Epsilon = 0.1 };
    static readonly InteractionDataset Data = MakeData();

    [Fact]
    public void The_champion_itself_is_found_to_differ_by_nothing()
    {
        var evidence = new SlateReplay(Data, new Table(1), new Table(1)).Evaluate([.. Served(_ => true)]);

        Assert.Equal((Users * 10, 0, 1.0), (evidence.Seen, evidence.NotRebuilt, evidence.Exact));
        Assert.Null(evidence.NotEnoughSupport);
        Assert.Equal(0, evidence.Difference!.Value, 5);
        Assert.Equal(evidence.Difference.Earned, evidence.Estimates[0].Value, 4);
    }

    [Fact]
    public void A_model_of_the_rewards_changes_nothing_of_a_challenger_that_is_the_champion()
    {
        var evidence = new SlateReplay(Data, new Table(1), new Table(1), (_, rank, item, score) => (item / 100.0) + (score / rank)).Evaluate([.. Served(_ => true)]);

        Assert.Equal(0, evidence.Difference!.Value, 5);
        Assert.Equal(1, evidence.Estimates.Single(estimate => estimate.Estimator == "item-position").MeanWeight, 5);
        Assert.Equal(evidence.Difference.Earned, evidence.Estimates.Single(estimate => estimate.Estimator == "item-position").Value, 4);
    }

    [Fact]
    public void What_the_filters_kept_is_found_again_though_not_by_item_where_they_are_not_logged()
    {
        // The client denies a third of the catalogue, and the log does not say which.
        var evidence = new SlateReplay(Data, new Table(1), new Table(1)).Evaluate([.. Served(item => item % 3 != 0)]);

        Assert.Equal((0, 0.0), (evidence.NotRebuilt, evidence.Exact));
        Assert.Equal(0, evidence.Difference!.Value, 5);
        Assert.Equal(1, evidence.Estimates[0].MeanWeight, 4);
    }

    [Fact]
    public void A_challengers_probabilities_are_those_that_it_would_have_drawn_by()
    {
        var slate = Served(_ => true).First();
        var history = History(slate.Impression);
        var scores = Scores(new Table(2), history);

        var evidence = new SlateReplay(Data, new Table(1), new Table(2)).Evaluate([slate]);

        var items = slate.Impression.Items.Select(item => Index(item.ItemId)).ToArray();
        var expected = Propensity.OfSlate(scores, ItemSet.AllBut(Items, history), items, Policy)
            .Zip(slate.Impression.Items, (target, item) => target / item.Propensity).Aggregate((a, b) => a * b);
        Assert.Equal(Math.Min(expected, OffPolicyEvidence.MaxWeight), evidence.Estimates.Single(e => e.Estimator == "ips").MeanWeight, 5);
    }

    [Fact]
    public void A_slate_made_for_another_history_is_left_out_and_counted()
    {
        var slates = Served(_ => true).ToArray();
        for (var i = 0; i < slates.Length; i += 4)
        {
            // Served by a log that had not yet received what the user did last.
            slates[i] = slates[i] with { Impression = slates[i].Impression with { ServedAt = slates[i].Impression.ServedAt.AddMinutes(-1) } };
        }

        slates[1] = slates[1] with { Impression = slates[1].Impression with { UserId = "nobody" } };
        var evidence = new SlateReplay(Data, new Table(1), new Table(2)).Evaluate(slates);

        Assert.Equal(slates.Length, evidence.Seen);
        Assert.Equal((slates.Length / 4) + 1, evidence.NotRebuilt);
        Assert.Equal(slates.Length - evidence.NotRebuilt, evidence.Difference!.Slates);
    }

    [Fact]
    public void An_item_that_the_challenger_was_not_trained_on_is_neither_seen_nor_scored()
    {
        var trained = new SequenceDataset(4, [0, 2, 3], [0, 1, 0]);
        var scorer = new TrainedItemsScorer(new Table(1, 4), trained);
        var scores = new float[12];

        scorer.Score([new[] { 0, 3 }, new[] { 3, 2 }, new[] { 0 }], scores);

        var alone = scores[8..];
        Assert.Equal([alone[0], alone[1], float.NegativeInfinity, float.NegativeInfinity], scores[..4]);
        Assert.Equal([MathF.Log(3), MathF.Log(2), float.NegativeInfinity, float.NegativeInfinity], scores[4..8]);
    }

    static IEnumerable<RewardedSlate> Served(Func<int, bool> allowed)
    {
        var random = new RandomStream(5);
        for (var i = 0; i < Users * 10; i++)
        {
            // Between the third and the fourth action of the user.
            var at = DateTimeOffset.UnixEpoch.AddMinutes(3).AddSeconds(-20 + (i / Users));
            var impression = new Impression
            {
                RecommendationId = $"{i}",
                UserId = Data.UserIds[i % Users],
                ServedAt = at,
                ModelVersion = "v1",
                Recommender = "sasrec",
                Temperature = Policy.Temperature,
                Epsilon = Policy.Epsilon,
                Seed = 0,
                EligibleCount = 0,
                Items = [],
            };
            var history = History(impression);
            var eligible = ItemSet.Of(Items, [.. Enumerable.Range(0, Items).Where(allowed).Except(history)]);
            var slate = PlackettLuceSlate.Draw(Scores(new Table(1), history), eligible, Slots, Policy, random.NextBits());
            yield return new RewardedSlate(
                impression with
                {
                    EligibleCount = slate.EligibleCount,
                    UnservedLogSumExp = slate.UnservedLogSumExp,
                    Items = [.. slate.Items.Select((item, s) => new ServedItem(Data.Items[item.Item], s + 1, item.Score, item.Propensity, false))],
                },
                [.. slate.Items.Select(item => random.NextDouble() < item.Item / 60.0 ? 1.0 : 0)]);
        }
    }

    static int[] History(Impression impression)
    {
        var user = Data.UserIds.Index().First(u => u.Item == impression.UserId).Index;
        var count = Data.Sequences.Times(user).ToArray().Count(time => time < impression.ServedAt.ToUnixTimeMilliseconds());
        return Data.Sequences.Items(user)[..count].ToArray();
    }

    static int Index(string id) => Data.Items.TryGetIndex(id, out var index) ? index : -1;

    static float[] Scores(Table model, int[] history)
    {
        var scores = new float[Items];
        model.Score([history], scores);
        return scores;
    }

    static InteractionDataset MakeData()
    {
        var builder = new InteractionDatasetBuilder();
        for (var user = 0; user < Users; user++)
        {
            for (var step = 0; step < 5; step++)
            {
                // Every item is somebody's first, so that all are in the catalogue, and none follows itself.
                var item = (user + (step * (1 + (user % 11)))) % Items;
                builder.Add($"u{user:00}", $"item {item:00}", step * 60_000L);
            }
        }

        return builder.Build();
    }

    /// <summary>Scores that depend on the last item of a history and on a seed.</summary>
    sealed class Table(ulong seed, int items = Items) : ISequenceScorer
    {
        public int ItemCount => items;

        public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
        {
            for (var i = 0; i < histories.Count; i++)
            {
                var random = new RandomStream(seed + (ulong)(1_000 * histories[i].Span[^1]));
                foreach (ref var score in scores.Span.Slice(i * items, items))
                {
                    score = (float)random.NextNormal();
                }
            }
        }
    }
}
