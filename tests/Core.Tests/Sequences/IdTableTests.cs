using SasRec.Core.Events;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Sequences;

public class IdTableTests
{
    [Fact]
    public void Ids_are_numbered_by_first_arrival_and_come_back_whatever_they_are()
    {
        string[] ids = ["b", "a", "", "猫😀", "\0", "b ", "a\u0301", "á", new string('x', 512), "B"];
        var table = new IdTable();
        Assert.Equal(Enumerable.Range(0, ids.Length), ids.Select(id => table.IndexOf(id)));
        Assert.Equal(Enumerable.Range(0, ids.Length), ids.Select(id => table.IndexOf(id)));
        Assert.Equal(ids, Enumerable.Range(0, table.Count).Select(index => table[index]));
    }

    [Fact]
    public void Many_ids_at_once_get_the_numbers_that_a_dictionary_gives_them_one_by_one()
    {
        var random = new Random(1);
        var (table, expected) = (new IdTable(), new Dictionary<string, int>(StringComparer.Ordinal));
        for (var call = 0; call < 60; call++)
        {
            // Hot ids come often, most only once; over all more than the table and its block of characters hold at first.
            string[] ids = [.. Enumerable.Range(0, random.Next(0, 5_000)).Select(_ => $"id-{(int)Math.Pow(random.NextDouble(), -1.5)}-{new string('y', random.Next(9))}")];
            var (text, spans) = (string.Concat(ids), new (int Start, int Length)[ids.Length]);
            for (var i = 0; i < ids.Length; i++)
            {
                spans[i] = (i == 0 ? 0 : spans[i - 1].Start + spans[i - 1].Length, ids[i].Length);
            }

            var indices = new int[ids.Length];
            table.IndexOf(text, spans, indices);

            Assert.Equal(ids.Select(id => expected.TryGetValue(id, out var known) ? known : expected[id] = expected.Count), indices);
        }

        Assert.Equal(expected.OrderBy(pair => pair.Value).Select(pair => pair.Key), Enumerable.Range(0, table.Count).Select(index => table[index]));
    }

    [Fact]
    public void A_batch_makes_the_same_dataset_as_its_interactions_one_by_one()
    {
        var random = new Random(2);
        var rows = Enumerable.Range(0, 3_000).Select(i => (User: $"u{random.Next(90)}", Item: $"i{random.Next(70)}", Time: (long)random.Next(50))).ToArray();
        var (batch, together, single, reversed) = (new InteractionBatch(), new InteractionDatasetBuilder(), new InteractionDatasetBuilder(), new InteractionDatasetBuilder());
        foreach (var (user, item, time) in rows)
        {
            Assert.True(batch.TryAdd(user, item, time, EventMeaning.Action));
            single.Add(user, item, time);
        }

        together.Add(batch, hasTimes: true);
        reversed.Add(batch, hasTimes: true, newestFirst: true);
        AssertSame(single.Build(), together.Build());

        var backwards = new InteractionDatasetBuilder();
        foreach (var (user, item, time) in rows.Reverse())
        {
            backwards.Add(user, item, time);
        }

        AssertSame(backwards.Build(), reversed.Build());

        static void AssertSame(InteractionDataset expected, InteractionDataset actual)
        {
            Assert.Equal(expected.UserIds, actual.UserIds);
            Assert.Equal(expected.Items.Ids, actual.Items.Ids);
            for (var user = 0; user < expected.UserIds.Count; user++)
            {
                Assert.Equal(expected.Sequences.Items(user), actual.Sequences.Items(user));
                Assert.Equal(expected.Sequences.Times(user), actual.Sequences.Times(user));
            }
        }
    }

    [Fact]
    public void A_batch_leaves_out_what_is_ignored_and_says_when_it_is_full()
    {
        var batch = new InteractionBatch();
        Assert.True(batch.TryAdd("u", "i", 0, new EventMeaning(Feedback.Ignored)));
        Assert.Equal(0, batch.Count);
        while (batch.TryAdd("u", "i", 0, EventMeaning.Action))
        {
        }

        Assert.InRange(batch.Count, 1_000, 100_000);
        batch.Clear();
        Assert.True(batch.TryAdd("u", new string('x', 512), 0, EventMeaning.Action));
        Assert.Equal(1, batch.Count);
        Assert.Throws<ArgumentException>(() => batch.TryAdd("", "i", 0, EventMeaning.Action));
    }
}
