using SasRec.Core.Contracts;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Tests.Files;

public sealed class DoubtTests : IDisposable
{
    static readonly DateTimeOffset Now = new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero);

    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("user,item,dt\nu,a,1700000000\nu,b,1700000001\n", "No column is known as the time among 'user', 'item', 'dt'; 'dt' holds times.", "--columns time=dt")]
    [InlineData("User-ID;ISBN;Book-Rating\n1;2;8\n", "No column is known as the time", "--order file (oldest first) or --order newest-first")]
    [InlineData("{\"userId\":\"u\",\"itemId\":\"i\"}\n", "No column is known as the time", "--order file")]
    [InlineData("user,item,timestamp\nu,a,1700000000\nv,b,1700000000\n", "All 2 times are the same, 2023-11-14 22:13:20.", "--order file")]
    [InlineData("user,item,timestamp\nu,a,874724710\nv,b,1700000000\n", "1 of 2 times are before 2000: the first is on line 2, '874724710'", "--times fit")]
    [InlineData("user,item,timestamp\nu,a,1700000000\nv,b,4700000000\n", "1 of 2 times are after now: the first is on line 3, '4700000000'", "--skip-bad")]
    [InlineData("user,item,date\nu,c,2024-01-03\nu,b,2024-01-02\nu,a,2024-01-01\n", "The newest line comes first", "--order newest-first")]
    [InlineData("user,item,ts\nu,c,1700000009\nu,b,1700000009\nu,a,1700000005\nv,a,1700000001\n", "The newest line comes first", "--order newest-first")]
    [InlineData("foo bar\n1 2\n3 4\n", "Line 1 'foo bar' looks like a header, but its names are not known.", "--header no")]
    [InlineData("nutzer,artikel,zeit\n1,2,1700000000\n3,4,1700000001\n", "looks like a header", "--header yes")]
    public async Task A_doubtful_file_is_refused_where_nobody_can_be_asked(string text, string statement, string answer)
    {
        var train = await RunAsync("train", text);
        var import = await RunAsync("import", text);

        Assert.All([train, import], outcome =>
        {
            Assert.Equal(ExitCode.Usage, outcome.Code);
            Assert.Contains(statement, outcome.Error, StringComparison.Ordinal);
            Assert.Contains(answer, outcome.Error, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("u a\nu b\n")]
    [InlineData("user item\nu a\nu b\n")]
    [InlineData("user,item,created_at\nu,c,2024-05-03 10:00:00\nu,b,2024-05-02 10:00:00\nu,a,2024-05-01 10:00:00\n")]
    [InlineData("user,item,date\nu,a,2024-01-01\nu,b,2024-01-01\nu,c,2024-01-02\n")]
    [InlineData("user,item,timestamp\nu,a,1700000000\n")]
    [InlineData("user,item\nu,a\n", "--order", "file")]
    [InlineData("user,item,timestamp\nu,a,874724710\n", "--times", "fit")]
    [InlineData("foo bar\n1 2\n3 4\n", "--header", "yes")]
    public async Task A_file_without_doubt_or_with_an_answer_is_read(string text, params string[] answer)
    {
        var outcome = await RunAsync("import", text, answer);

        Assert.Equal((ExitCode.Ok, ""), (outcome.Code, outcome.Code == ExitCode.Ok ? "" : outcome.Error));
    }

    [Fact]
    public void A_newest_first_file_is_learned_in_the_right_order()
    {
        var byTime = Open("user,item,created_at\nu,c,2024-05-03 10:00:00\nu,b,2024-05-02 10:00:00\nu,a,2024-05-01 10:00:00\n").ReadDataset();
        var byOrder = Open("user,item\nu,c\nu,b\nu,a\n", new ReadOptions { Order = LineOrder.NewestFirst }).ReadDataset();

        Assert.Equal([0, 1, 2], byTime.Sequences.Items(0).ToArray());
        Assert.Equal([0, 1, 2], byOrder.Sequences.Items(0).ToArray());
    }

    [Fact]
    public async Task What_was_understood_is_said_before_anything_starts()
    {
        var outcome = await RunAsync("import", "timestamp,visitorid,event,itemid,transactionid\n1700000000000,1,view,2,\nbroken\n1700000060000,1,addtocart,2,\n", "--skip-bad");

        Assert.Equal(ExitCode.Ok, outcome.Code);
        foreach (var said in new[]
        {
            "fields divided by ',', header on line 1",
            "user = visitorid, item = itemid, time = timestamp, type = event; not used: transactionid",
            "2 interactions from 2023-11-14 22:13:20 to 2023-11-14 22:14:20 (UTC; Unix milliseconds)",
            "types: addtocart 1, view 1",
            "line 2: user 1, item 2, 2023-11-14 22:13:20, view",
            "1 of 4 lines could not be read and were left out:",
            "Line 3: found 1 fields; there must be 5.",
        })
        {
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Types_and_values_that_were_not_asked_for_are_left_out_and_counted()
    {
        const string Text = "user,item,timestamp,type,value\nu,a,1700000000,view,5\nu,b,1700000001,dislike,-1\nu,c,1700000002,impression-seen,\nu,d,1700000003,buy,\n";
        var all = Open(Text);
        var types = Open(Text, new ReadOptions { Types = new HashSet<string> { "view", "dislike" } });
        var values = Open(Text, new ReadOptions { MinValue = 0 });

        Assert.Equal(["a", "b", "d"], all.Read().Select(i => i.ItemId));
        Assert.Equal(["a", "b"], types.Read().Select(i => i.ItemId));
        Assert.Equal(["a", "d"], values.Read().Select(i => i.ItemId));
        Assert.Equal((1, 1, 1), (all.Summary!.Sightings, types.Summary!.LeftOut, values.Summary!.LeftOut));
    }

    [Fact]
    public void An_event_id_counts_once_and_a_conflict_is_said()
    {
        var file = Open("event_id,user,item,timestamp\ne1,u,a,1700000000\ne1,u,a,1700000009\ne1,v,a,1700000001\ne2,u,b,1700000002\ne2,u,c,1700000003\n");

        Assert.Equal(["e1 u a", "e1 v a", "e2 u b"], file.Read().Select(i => $"{i.EventId} {i.UserId} {i.ItemId}"));
        Assert.Equal(2, file.Summary!.RepeatedIds);
        Assert.Contains("line 6 repeats the event id 'e2'", file.Summary.Conflict, StringComparison.Ordinal);
    }

    InteractionFile Open(string text, ReadOptions? options = null)
    {
        File.WriteAllText(scratch.File("data"), text);
        return InteractionFile.Open(scratch.File("data"), (options ?? new ReadOptions()) with { Now = Now });
    }

    Task<JobOutcome> RunAsync(string verb, string text, params string[] options)
    {
        File.WriteAllText(scratch.File("data"), text);
        return Job.RunAsync(verb == "train"
            ? ["train", "--data", scratch.File("data"), "--out", scratch.File("model"), .. options]
            : ["import", scratch.File("data"), "--check", .. options]);
    }
}
