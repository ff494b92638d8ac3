using System.Diagnostics;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Neighbours;

public class ItemNeighboursTests
{
    static readonly NeighbourStrengths Strengths = new(0.3, 0.6);

    [Fact]
    public void Scores_follow_the_equations()
    {
        // Item 1 follows 0 at once twice, item 2 follows 0 at a distance of 2 once; 0 and 1 are met twice, 2 once.
        var data = new SequenceDataset(4, [0, 3, 5], [0, 1, 2, 0, 1]);
        var scores = new float[4];

        NeighbourCounter.Count(data, Strengths).AddTo([0], scores);

        Assert.Equal(Score(2 / 4.0, 2 / Math.Sqrt(4)), scores[1], 5);
        Assert.Equal(Score(0.5 / 4, 1 / Math.Sqrt(2)), scores[2], 5);
        Assert.Equal(0, scores[0]);
        Assert.Equal(0, scores[3]);
    }

    [Fact]
    public void The_newest_item_counts_most_and_a_repeat_of_it_once()
    {
        // Item 2 is what went with 0, item 3 what went with 1.
        var table = NeighbourCounter.Count(new SequenceDataset(4, [0, 2, 4], [0, 2, 1, 3]), Strengths);
        var (zeroLast, oneLast, repeated) = (new float[4], new float[4], new float[4]);

        table.AddTo([1, 0], zeroLast);
        table.AddTo([0, 1], oneLast);
        table.AddTo([0, 1, 1, 1], repeated);

        Assert.True(zeroLast[2] > zeroLast[3]);
        Assert.True(oneLast[3] > oneLast[2]);
        Assert.Equal(oneLast, repeated);
    }

    [Fact]
    public void A_rare_item_has_a_score_from_its_first_co_occurrence_on()
    {
        var data = new SequenceDataset(3, [0, 2, 4, 6, 8], [0, 1, 0, 1, 0, 1, 0, 2]);
        var (before, after) = (new float[3], new float[3]);

        NeighbourCounter.Count(data.Prefixes([2, 2, 2, 1]), Strengths).AddTo([0], before);
        NeighbourCounter.Count(data, Strengths).AddTo([0], after);

        Assert.Equal(0, before[2]);
        Assert.True(after[2] > 0);
    }

    [Fact]
    public void Repeats_are_not_counted_unless_seen_items_are_asked_for()
    {
        int[] items = [0, 0, 0, 1, 1, 1];
        var once = NeighbourCounter.Count(new SequenceDataset(2, [0, 2], [0, 1]), Strengths);
        var (ofOnce, ofTriples, ofAll) = (new float[2], new float[2], new float[2]);

        once.AddTo([0], ofOnce);
        NeighbourCounter.Count(new SequenceDataset(2, [0, 6], items), Strengths).AddTo([0], ofTriples);
        NeighbourCounter.Count(new SequenceDataset(2, [0, 6], items) { AsksForSeenItems = true }, Strengths).AddTo([0], ofAll);

        Assert.Equal(ofOnce, ofTriples);
        Assert.NotEqual(ofOnce, ofAll);
    }

    [Fact]
    public void An_item_keeps_its_strongest_pairs()
    {
        // Item 0 goes with each of 150 items once, and with the last fifty of them twice.
        var pairs = Enumerable.Range(1, 150).Concat(Enumerable.Range(101, 50)).SelectMany(item => new[] { 0, item }).ToArray();
        var table = NeighbourCounter.Count(new SequenceDataset(151, [.. Enumerable.Range(0, 201).Select(u => 2 * u)], pairs), Strengths);
        var scores = new float[151];

        table.AddTo([0], scores);

        Assert.Equal(NeighbourCounter.MaxNeighbours, scores.Count(score => score > 0));
        Assert.All(scores[101..], score => Assert.True(score > 0));
    }

    [Fact]
    public void Counting_gives_the_same_table_every_time_and_a_file_gives_it_back()
    {
        var random = new Random(5);
        var data = new SequenceDataset(
            300, [.. Enumerable.Range(0, 201).Select(u => 20 * u)], [.. Enumerable.Range(0, 4_000).Select(_ => random.Next(300))]);
        using var first = new MemoryStream();
        using var second = new MemoryStream();

        NeighbourFile.Write(NeighbourCounter.Count(data, Strengths), first);
        NeighbourFile.Write(NeighbourCounter.Count(data, Strengths), second);
        first.Position = 0;
        var read = NeighbourFile.Read(first);
        using var again = new MemoryStream();
        NeighbourFile.Write(read, again);

        Assert.Equal(first.ToArray(), second.ToArray());
        Assert.Equal(first.ToArray(), again.ToArray());
        Assert.Equal(Strengths, read.Strengths);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(int.MaxValue)]
    public void Counting_in_blocks_gives_what_a_count_of_all_pairs_gives(int blockPlaces)
    {
        // More items than an item keeps, some histories longer than the window, repeats; the first items are in most histories.
        const int Items = 1_500;
        var random = new Random(7);
        int[] lengths = [.. Enumerable.Range(0, 400).Select(_ => random.Next(1, 90))];
        var data = new SequenceDataset(
            Items,
            [0, .. lengths.Select((_, user) => lengths[..(user + 1)].Sum())],
            [.. Enumerable.Range(0, lengths.Sum()).Select(_ => (int)(Items * Math.Pow(random.NextDouble(), 3)))]);

        var table = NeighbourCounter.Count(data, Strengths, blockPlaces);

        var (follow, together, counts) = (new Dictionary<(int, int), double>(), new Dictionary<(int, int), int>(), new int[Items]);
        for (var user = 0; user < data.UserCount; user++)
        {
            int[] history = [.. data.Items(user).ToArray().Distinct()];
            for (var i = 0; i < history.Length; i++)
            {
                counts[history[i]]++;
                for (var j = Math.Max(0, i - NeighbourCounter.CoOccurrenceWindow); j < Math.Min(history.Length, i + NeighbourCounter.CoOccurrenceWindow + 1); j++)
                {
                    if (i != j)
                    {
                        var pair = (history[i], history[j]);
                        together[pair] = together.GetValueOrDefault(pair) + 1;
                        follow[pair] = follow.GetValueOrDefault(pair) + (j > i && j <= i + 3 ? 1.0 / (j - i) : 0);
                    }
                }
            }
        }

        var all = together.Keys
            .Select(pair => (Pair: pair, T: follow[pair] / (counts[pair.Item1] + 2), C: together[pair] / Math.Sqrt((double)counts[pair.Item1] * counts[pair.Item2])))
            .ToLookup(found => found.Pair.Item1);
        Assert.Contains(all, pairs => pairs.Count() > 1_000);
        for (var item = 0; item < Items; item++)
        {
            var expected = all[item]
                .OrderByDescending(found => (0.3 * Math.Log(1 + (found.T / 1e-3f))) + (0.6 * Math.Log(1 + (found.C / 1e-2f))))
                .ThenBy(found => found.Pair.Item2)
                .Take(NeighbourCounter.MaxNeighbours)
                .ToArray();
            var own = table.Offsets[item]..table.Offsets[item + 1];
            Assert.Equal(expected.Select(found => found.Pair.Item2), table.Of(item).ToArray());
            Assert.Equal(expected.Select(found => (float)found.T), table.Transitions[own]);
            Assert.Equal(expected.Select(found => (float)found.C), table.CoOccurrences[own]);
        }
    }

    [Fact]
    public async Task A_count_that_is_cancelled_ends_at_once()
    {
        // The first item is in every history, so that counting its pairs alone is most of the work.
        const int Users = 60_000, Length = 100, Items = 200;
        var random = new Random(3);
        var items = new int[Users * Length];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = i % Length == 0 ? 0 : 1 + random.Next(Items - 1);
        }

        var data = new SequenceDataset(Items, [.. Enumerable.Range(0, Users + 1).Select(user => user * Length)], items) { AsksForSeenItems = true };
        var started = Stopwatch.GetTimestamp();
        NeighbourCounter.Count(data, Strengths, cancellation: TestContext.Current.CancellationToken);
        var whole = Stopwatch.GetElapsedTime(started);
        using var stop = new CancellationTokenSource();
        var counting = Task.Run(() => NeighbourCounter.Count(data, Strengths, cancellation: stop.Token), TestContext.Current.CancellationToken);

        started = Stopwatch.GetTimestamp();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => counting);
        Assert.True(Stopwatch.GetElapsedTime(started) < whole / 2, $"{Stopwatch.GetElapsedTime(started)} of {whole}");
    }

    [Fact]
    public void A_file_that_is_no_table_is_refused()
    {
        using var whole = new MemoryStream();
        NeighbourFile.Write(NeighbourCounter.Count(new SequenceDataset(2, [0, 2], [0, 1]), Strengths), whole);
        var bytes = whole.ToArray();
        var (outside, letters) = (bytes.ToArray(), bytes.ToArray());
        outside[16 + 16 + 12] = 9; // the first pair's item
        letters[0]++;

        foreach (var broken in new[] { [], bytes[..^1], outside, letters })
        {
            Assert.Throws<InvalidDataException>(() => NeighbourFile.Read(new MemoryStream(broken)));
        }
    }

    [Fact]
    public void Strengths_are_chosen_where_counts_help_and_not_where_they_do_not()
    {
        // Item 2 n + 1 follows item 2 n. One scorer knows nothing of it, the other all.
        var random = new Random(2);
        int[] histories = [.. Enumerable.Range(0, 400).SelectMany(_ =>
        {
            var (a, b) = (2 * random.Next(30), 2 * random.Next(30));
            return new[] { a, a + 1, b, b + 1 };
        })];
        var split = LeaveOneOut.Of(new SequenceDataset(60, [.. Enumerable.Range(0, 401).Select(u => 4 * u)], histories));

        Assert.True(Choose(split.Train, split.Test).Any);
        Assert.Equal(NeighbourStrengths.None, Choose(split.Train, split.Test, new NextScorer()));
        Assert.Equal(NeighbourStrengths.None, Choose(split.Train, split.Test.Where(_ => false)));
    }

    [Fact]
    public void Chosen_strengths_are_as_good_on_their_cases_as_the_evaluation_says()
    {
        var random = new Random(8);
        var whole = new SequenceDataset(
            40, [.. Enumerable.Range(0, 301).Select(u => 5 * u)], [.. Enumerable.Range(0, 1_500).Select(i => ((i / 5 * 7) + (i % 5 * 3) + random.Next(4)) % 40)]);
        var split = LeaveOneOut.Of(whole);
        var counts = NeighbourCounter.Count(split.Train, NeighbourStrengths.Alone);
        var chosen = Choose(split.Train, split.Validation);

        double Ndcg(NeighbourStrengths strengths) => RankingEvaluator.Evaluate(new NeighbourScorer(counts.With(strengths)), split.Validation).Ndcg;

        Assert.True(Ndcg(chosen) >= Ndcg(new NeighbourStrengths(0.3, 0.6)) - 1e-6);
        Assert.True(Ndcg(chosen) >= Ndcg(new NeighbourStrengths(0.1, 0.8)) - 1e-6);
    }

    static NeighbourStrengths Choose(SequenceDataset train, EvaluationCases cases, ISequenceScorer? scorer = null) => NeighbourChoice.Choose(
        scorer ?? new PopularityScorer(new int[train.ItemCount]), NeighbourCounter.Count(train, NeighbourStrengths.Alone), cases, 10, 10_000);

    /// <summary>Is sure of the item whose index comes after the last one's.</summary>
    sealed class NextScorer : ISequenceScorer
    {
        public int ItemCount => 60;

        public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
        {
            scores.Span.Clear();
            for (var i = 0; i < histories.Count; i++)
            {
                scores.Span[(i * ItemCount) + ((histories[i].Span[^1] + 1) % ItemCount)] = 1_000;
            }
        }
    }

    static double Score(double t, double c) => (0.3 * Math.Log(1 + (t / 1e-3))) + (0.6 * Math.Log(1 + (c / 1e-2)));
}
