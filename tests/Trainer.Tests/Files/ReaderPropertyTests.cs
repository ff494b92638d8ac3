using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using SasRec.Trainer.Console;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Tests.Files;

/// <summary>Whatever stands in a file: no exception but a user's error, and every line is accounted for.</summary>
public sealed class ReaderPropertyTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Property(MaxTest = 300)]
    public void Lines_read_and_lines_refused_are_the_lines_of_the_file(NonEmptyArray<byte[]> lines)
    {
        var text = new MemoryStream();
        text.Write("user,item,timestamp,type\n"u8);
        foreach (var line in lines.Get)
        {
            text.Write(line ?? []);
            text.WriteByte((byte)'\n');
        }

        Account(text.ToArray());
    }

    [Property(MaxTest = 200)]
    public void What_is_quoted_is_read_back(NonEmptyArray<(NonEmptyString, NonEmptyString)> ids)
    {
        var wanted = ids.Get.Select(pair => (User: Clean(pair.Item1.Get), Item: Clean(pair.Item2.Get))).ToArray();
        var path = scratch.File("quoted");
        File.WriteAllText(path, "user,item\n" + string.Concat(wanted.Select(pair => $"{Quoted(pair.User)},{Quoted(pair.Item)}\n")));

        Assert.Equal(wanted, InteractionFile.Open(path).Read().Select(i => (i.UserId, i.ItemId)));

        static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"")}\"";
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_and_nothing_else()
    {
        foreach (var seed in Fuzz.Seeds(min: 40))
        {
            var bytes = Fuzz.Damaged(new Random(seed), Seeds);
            try
            {
                Account(bytes);
            }
            catch (Exception e) when (e is not UserError)
            {
                Assert.Fail($"seed {seed}: {e}\n{Convert.ToHexString(bytes)}");
            }
        }
    }

    static readonly string[] Seeds =
    [
        "user,item,timestamp,type,value\nu,i,1700000000,view,1\nv,\"a, \"\"b\"\"\",2023-11-14 22:13:20,buy,2.5\nw,\"x\ny\",1700000002000,view,\n",
        "1::2::5::978300760\n1::3::4::978300761\n2::2::1::978300762\n",
        "u1 i1\nu2 i2\nu1 i3\n",
        "user_id:token\titem_id:token\ttimestamp:float\n1\t2\t1700000000.0\n1\t3\t1700000001.5\n",
        "{\"user\":\"u\",\"item\":\"i\",\"time\":1700000000}\n{\"user\":\"u\",\"item\":\"j\",\"time\":1700000001}\n",
        "[{\"user\":\"u\",\"item\":\"i\",\"time\":1700000000},\n{\"user\":\"u\",\"item\":\"j\",\"time\":1700000001}]",
        "{\"session\":1,\"events\":[{\"aid\":1,\"ts\":1700000000000,\"type\":\"clicks\"},{\"aid\":2,\"ts\":1700000001000,\"type\":\"carts\"}]}\n",
        "{\"user\":\"\\ud83c\\udf0d\",\"item\":\"\\u00e9\",\"time\":1700000000}\n",
        "\"User-ID\";\"ISBN\";\"Book-Rating\"\r\n\"1\";\"0000000011\";\"8\"\r\n\"2\";\"0000000012\";\"0\"\r\n",
    ];

    void Account(byte[] bytes)
    {
        var path = scratch.File("damaged");
        File.WriteAllBytes(path, bytes);
        InteractionFile file;
        FileSummary found;
        try
        {
            file = InteractionFile.Open(path, new ReadOptions { SkipBad = true });
            found = file.Scan();
        }
        catch (UserError error)
        {
            Assert.Contains(scratch.Path, error.Message + scratch.Path, StringComparison.Ordinal);
            return;
        }

        if (file.Layout.Format == FileFormat.Delimited)
        {
            Assert.Equal(found.Lines, found.Count + found.Refused + found.LeftOut + found.Sightings + found.RepeatedIds + found.OtherLines);
            var newlines = bytes.Count(b => b == file.Layout.Newline);
            Assert.Equal(newlines + (bytes[^1] == file.Layout.Newline ? 0 : 1), found.Lines);
        }
    }

    // Ids that stand for something else, or that trimming changes, are other tests' matter.
    static string Clean(string text) => "x" + string.Concat(text.Where(c => c is >= ' ' and < '\uD800').Take(100)) + "x";
}
