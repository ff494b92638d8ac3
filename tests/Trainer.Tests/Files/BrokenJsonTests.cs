using SasRec.Trainer.Console;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Tests.Files;

/// <summary>A broken object costs itself: with --skip-bad everything behind it is read.</summary>
public sealed class BrokenJsonTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("""{"user":"u2","item":"i2","time":1700000002""")]
    [InlineData("""{"user":"u2,"item":"i2","time":1700000002},""")]
    [InlineData("""{"user":"u2","item":"i2","time":1700000002}}},""")]
    [InlineData("""{"user":"u2","item":"i2","time":1700000002],""")]
    [InlineData("""{"user":"u2","item":["i2","time":1700000002},""")]
    [InlineData("""{"user":"u2","item":,"time":1700000002},""")]
    [InlineData("""{{"user":"u2","item" "i2"},""")]
    [InlineData("""null, "text", 12,""")]
    [InlineData("""{"user":"u2","item":"i2","time":17000000""")]
    [InlineData("garbage")]
    public void Elements_behind_a_broken_one_are_read(string broken)
    {
        string[] good = [.. new[] { 0, 1, 3, 4, 5 }.Select(i => $$"""{"user":"u{{i}}","item":"i{{i}}","time":170000000{{i}}}""")];
        var text = $"[{good[0]},\n{good[1]},\n{broken}\n{good[2]},\n{good[3]},\n{good[4]}]\n";
        File.WriteAllText(scratch.File("array.json"), text);

        var file = InteractionFile.Open(scratch.File("array.json"), new ReadOptions { SkipBad = true });
        var read = file.Read().Select(i => i.UserId).Where(user => user != "u2").ToArray();

        Assert.Equal(["u0", "u1", "u3", "u4", "u5"], read);
        Assert.Throws<UserError>(() => InteractionFile.Open(scratch.File("array.json")).Read().ToList());
    }

    [Theory]
    [InlineData("[{\"user\":\"u\",\"item\":\"i\"},\n{\"user\":\"v\",\"item\":\"j\"")]
    [InlineData("[{\"user\":\"u\",\"item\":\"i\"},{\"user\":\"v\",\"item\":\"j")]
    public void A_file_that_ends_in_an_object_refuses_that_one(string text)
    {
        File.WriteAllText(scratch.File("array.json"), text);

        var file = InteractionFile.Open(scratch.File("array.json"), new ReadOptions { SkipBad = true });

        Assert.Equal(["u"], file.Read().Select(i => i.UserId));
        Assert.Equal(1, file.Summary!.Refused);
    }

    [Fact]
    public void Objects_within_objects_are_no_new_ones()
    {
        File.WriteAllText(
            scratch.File("sessions.json"),
            "[{\"user\":\"u\",\n\"events\":\n[\n{\"item\":\"a\",\"time\":1700000000},\n{\"item\":\"b\",\"time\":1700000001}],\n\"more\":{\"x\":{\"y\":[1,[2]]}}}]");

        Assert.Equal(["a", "b"], InteractionFile.Open(scratch.File("sessions.json")).Read().Select(i => i.ItemId));
    }
}
