using SasRec.Core.Events;

namespace SasRec.Core.Tests.Events;

public class InteractionRulesTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("u")]
    [InlineData("Ω/#?\\ 中文")]
    [InlineData("👩‍🚀")]
    [InlineData(" ")]
    public void Any_well_formed_text_is_an_id(string id) => Assert.True(InteractionRules.IsId(id));

    [Fact]
    public void An_id_has_1_to_256_code_units()
    {
        Assert.False(InteractionRules.IsId(""));
        Assert.True(InteractionRules.IsId(new string('x', 256)));
        Assert.False(InteractionRules.IsId(new string('x', 257)));
    }

    [Fact]
    public void A_label_has_1_to_64_code_units()
    {
        Assert.False(InteractionRules.IsLabel(""));
        Assert.True(InteractionRules.IsLabel(new string('x', 64)));
        Assert.False(InteractionRules.IsLabel(new string('x', 65)));
    }

    [Theory]
    [InlineData(new[] { 0xD83D }, false)]
    [InlineData(new[] { 0xDC00 }, false)]
    [InlineData(new[] { 0xDC00, 0xD83D }, false)]
    [InlineData(new[] { 0xD83D, 0xD83D, 0xDE00 }, false)]
    [InlineData(new[] { 'a', 0xD83D, 0xDE00, 0xD83D, 0xDE01, 'b' }, true)]
    [InlineData(new[] { 0xD83D, 0xDE00, 'a', 0xDE00 }, false)]
    [InlineData(new[] { 0xFFFF }, true)]
    public void Surrogates_stand_in_pairs_or_the_text_is_ill_formed(int[] units, bool wellFormed)
    {
        var text = new string([.. units.Select(u => (char)u)]);
        Assert.Equal(wellFormed, InteractionRules.IsWellFormed(text));
        Assert.Equal(wellFormed, InteractionRules.IsId(text));
        Assert.Equal(wellFormed, InteractionRules.IsLabel(text));
    }

    [Fact]
    public void A_timestamp_lies_between_2000_and_five_minutes_from_now()
    {
        Assert.True(InteractionRules.IsTimestamp(new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), Now));
        Assert.False(InteractionRules.IsTimestamp(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).AddTicks(-1), Now));
        Assert.True(InteractionRules.IsTimestamp(Now.AddMinutes(5), Now));
        Assert.False(InteractionRules.IsTimestamp(Now.AddMinutes(5).AddTicks(1), Now));
        Assert.True(InteractionRules.IsTimestamp(new(2026, 1, 15, 14, 4, 0, TimeSpan.FromHours(2)), Now));
    }
}
