using SasRec.Core.Events;
using SasRec.Storage.Log;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Log;

public class InteractionBlockTests
{
    static byte[] Pack(IEnumerable<Interaction> interactions)
    {
        using var block = new InteractionBlock();
        foreach (var interaction in interactions)
        {
            block.Write(interaction);
        }

        return block.ToArray();
    }

    static Interaction[] Some(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Event($"user{i % 7}", $"item {i}", i) with { Value = i % 2 == 0 ? i : null })];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void A_block_begins_with_its_version_and_holds_what_was_written(int count)
    {
        var block = Pack(Some(count));
        Assert.Equal(InteractionBlock.FormatVersion, block[0]);
        Assert.Equal(Some(count), InteractionBlock.Read(block));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public void A_block_from_before_there_were_versions_is_read(int count)
    {
        // That is what follows the version today.
        var old = Pack(Some(count))[1..];
        Assert.Equal(0x0B, old[0] & 0x0F);
        Assert.Equal(Some(count), InteractionBlock.Read(old));
    }

    [Fact]
    public void The_time_of_acceptance_comes_back()
    {
        Interaction[] interactions =
        [
            Event("ann", "a") with { AcceptedAt = Noon.AddDays(3).AddTicks(7) },
            Event("ann", "b"),
            Event("ann", "c", 5) with { AcceptedAt = Noon, Value = 2, RecommendationId = "r" },
        ];
        Assert.Equal(interactions, InteractionBlock.Read(Pack(interactions)));
    }

    // Written by version 1: the same event as below.
    [Fact]
    public void A_block_of_version_1_is_read() => Assert.Equal(
        [Event("ann", "a")], InteractionBlock.Read([1, .. Convert.FromBase64String("CxSAAAADYW5uAAFhAAR2aWV3AAdvcmdhbmljB2Fubi1hLTCAgKu/s4uq3hED")]));

    // Written by the code before there were versions: one event of ann on the item "a" at noon.
    [Fact]
    public void A_block_that_the_code_before_versions_wrote_is_read() =>
        Assert.Equal([Event("ann", "a")], InteractionBlock.Read(Convert.FromBase64String("CxSAAAADYW5uAAFhAAR2aWV3AAdvcmdhbmljB2Fubi1hLTCAgKu/s4uq3hED")));

    [Fact]
    public void A_newer_block_is_refused_by_its_version()
    {
        var newer = Pack(Some(1));
        newer[0] = InteractionBlock.FormatVersion + 1;
        var e = Assert.Throws<NewerFormatException>(() => InteractionBlock.Read(newer).ToList());
        Assert.Equal(
            "A block of interactions has format version 3, but this program reads versions up to 2: use the version that wrote it.", e.Message);
    }
}
