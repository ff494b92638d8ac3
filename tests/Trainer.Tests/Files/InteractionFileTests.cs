using System.Text;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Tests.Files;

public sealed class InteractionFileTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Pairs_are_read_line_by_line()
    {
        var file = Open("1 10\n1\t11\r\n\n  2 日本  \n3 🎮");

        Assert.False(file.HasTimes);
        Assert.Equal(
            [new(1, "1", "10"), new(2, "1", "11"), new(4, "2", "日本"), new(5, "3", "🎮")],
            file.Read().ToArray());
    }

    [Fact]
    public void Columns_may_stand_in_any_order_and_others_are_ignored()
    {
        var file = Open("Rating,ITEM_ID,colour,Timestamp,user\n4.5,a,red,874724710,u\n,b,,874724710123,u\n");

        Assert.True(file.HasTimes);
        Assert.Equal(
            [
                new(2, "u", "a", DateTimeOffset.FromUnixTimeSeconds(874724710), Value: 4.5),
                new(3, "u", "b", DateTimeOffset.FromUnixTimeMilliseconds(874724710123)),
            ],
            file.Read().ToArray());
    }

    [Fact]
    public void A_dataset_has_no_item_that_everybody_dislikes()
    {
        var lines = Enumerable.Range(0, 60).SelectMany(u => new[] { $"u{u},p{u % 9},{1767225600 + u},view,5", $"u{u},bad,{1767225610 + u},dislike,-1" });
        var dataset = Open("user,item,timestamp,type,value\n" + string.Join('\n', lines)).ReadDataset();
        Assert.Equal((60, 60, 9), (dataset.UserIds.Count, dataset.Sequences.InteractionCount, dataset.Items.Count));
        Assert.False(dataset.Items.TryGetIndex("bad", out _));
    }

    [Fact]
    public void Quotes_may_hold_commas_quotes_and_line_breaks()
    {
        var file = Open("user,item,type\n\"Smith, Ann\",\"7\"\" single\",view\nbob,\"two\r\nlines\", \"buy\" \nbob,last,\n");

        Assert.Equal(
            [new(2, "Smith, Ann", "7\" single", Type: "view"), new(3, "bob", "two\nlines", Type: "buy"), new(5, "bob", "last")],
            file.Read().ToArray());
    }

    [Theory]
    [InlineData("1 2\n3\n", "Line 2: found 1 fields; there must be 2.")]
    [InlineData("1 2\n\n3 4 5\n", "Line 3: found 3 fields; there must be 2.")]
    [InlineData("user,item\na\n", "Line 2: found 1 fields; there must be 2.")]
    [InlineData("user,item\na,b,,c\n", "Line 2: found 4 fields; there must be 2.")]
    [InlineData("user,item\na,b\n,c\n", "Line 3: user '' must have 1 to 256 characters.")]
    [InlineData("user,item\nNULL,b\n", "Line 2: user 'NULL' stands for a missing value.")]
    [InlineData("user,item\n8.90123E+12,b\n", "Line 2: user '8.90123E+12' is a number in short form that has lost digits")]
    [InlineData("user,item\na\0,b\n", "Line 2: user 'a\\u0000' has a NUL character")]
    [InlineData("user,item,timestamp\na,b,yesterday\n", "Line 2: timestamp 'yesterday' must be a Unix time")]
    [InlineData("user,item,timestamp\na,b,\n", "Line 2: timestamp '' must be")]
    [InlineData("user,item,timestamp\na,b,1e300\n", "Line 2: timestamp '1e300' is a number in short form")]
    [InlineData("user,item,timestamp\na,b,2024-13-01\n", "Line 2: timestamp '2024-13-01' must be")]
    [InlineData("user,item,value\na,b,blue\n", "Line 2: value 'blue' must be a finite number.")]
    [InlineData("user,item,value\na,b,\"4,5\"\n", "Line 2: value '4,5' must be a finite number, with a point before decimals.")]
    [InlineData("user,item\na,b\n\"c,d\ne,f\n", "Line 3: a quote is not closed.")]
    [InlineData("user,item\n\"a\"x,b\n", "Line 2: after a closing quote comes 'x'; ',' must follow.")]
    public void A_line_that_cannot_be_read_is_named_with_what_was_found(string text, string message)
    {
        var error = Assert.Throws<UserError>(() => Open(text).Read().ToList());

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, error.Code);
    }

    [Fact]
    public void Broken_UTF8_is_refused_where_it_stands()
    {
        File.WriteAllBytes(scratch.File("x"), [.. "a b\nc \xC3("u8[..6], 0xC3, (byte)'(', (byte)'\n']);

        var error = Assert.Throws<UserError>(() => InteractionFile.Open(scratch.File("x")).Read().ToList());

        Assert.Contains("Line 2: byte 0xC3 is not UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_first_name()
    {
        File.WriteAllText(scratch.File("x"), "user,item\na,b\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        Assert.Equal("a", Assert.Single(InteractionFile.Open(scratch.File("x")).Read()).UserId);
    }

    [Fact]
    public void A_missing_or_empty_file_is_named()
    {
        Assert.Contains("nowhere", Assert.Throws<UserError>(() => InteractionFile.Open(scratch.File("nowhere"))).Message, StringComparison.Ordinal);
        Assert.Contains("is empty", Assert.Throws<UserError>(() => Open("\n \n")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_larger_than_the_buffer_are_read_whole_and_counted_in_bytes()
    {
        var lines = Enumerable.Range(0, 200_000).Select(i => $"user-{i % 977} item-{i}").ToArray();
        var file = Open(string.Join("\r\n", lines));
        var bytes = 0L;

        var read = file.Read(more => bytes += more).Select(i => $"{i.UserId} {i.ItemId}").ToArray();

        Assert.Equal(lines, read);
        Assert.Equal(file.Bytes, bytes);
    }

    [Fact]
    public void A_file_becomes_a_dataset_in_the_order_of_its_times()
    {
        var dataset = Open("user,item,timestamp\nu,b,20\nu,a,10\nu,c,20\nv,a,5\n").ReadDataset();

        Assert.Equal([0, 1, 2], dataset.Sequences.Items(0).ToArray());
        Assert.Equal(["u", "v"], dataset.UserIds);
    }

    InteractionFile Open(string text)
    {
        var path = scratch.File("data");
        File.WriteAllText(path, text);
        return InteractionFile.Open(path);
    }
}
