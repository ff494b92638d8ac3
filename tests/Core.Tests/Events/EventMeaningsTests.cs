using SasRec.Core.Events;
using SasRec.Core.Options;

namespace SasRec.Core.Tests.Events;

public sealed class EventMeaningsTests
{
    [Theory]
    [InlineData("dislike", null, Feedback.Negative)]
    [InlineData("Dislike", -1.0, Feedback.Negative)]
    [InlineData("not-interested", null, Feedback.Negative)]
    [InlineData("notInterested", null, Feedback.Negative)]
    [InlineData("hide", null, Feedback.Negative)]
    [InlineData("return", null, Feedback.Negative)]
    [InlineData("refund", 19.9, Feedback.Negative)]
    [InlineData("remove_from_cart", null, Feedback.Negative)]
    [InlineData("Remove From Cart", null, Feedback.Negative)]
    [InlineData("rating", 1.0, Feedback.Negative)]
    [InlineData("rating", 1.5, Feedback.Positive)]
    [InlineData("rating", null, Feedback.Positive)]
    [InlineData("review", 0.0, Feedback.Negative)]
    [InlineData("view", 1.0, Feedback.Positive)]
    [InlineData("purchase", null, Feedback.Positive)]
    public void Without_settings_what_turns_an_item_down_is_negative_and_all_else_is_an_action(string type, double? value, Feedback feedback) =>
        Assert.Equal(feedback, EventMeanings.Default.Of(type, value).Feedback);

    [Fact]
    public void Settings_say_what_is_negative_ignored_enough_and_worth_more()
    {
        var meanings = new EventMeanings(new EventOptions
        {
            Negative = "hide, rating<=2", Ignored = "page view", AtLeast = "rating>=4, dwell>=30", Weights = "purchase=3, rating=0.5",
        });
        Assert.Equal(
            [
                new(Feedback.Positive), new(Feedback.Negative), new(Feedback.Negative), new(Feedback.Ignored), new(Feedback.Positive, 0.5f),
                new(Feedback.Ignored), new(Feedback.Ignored), new(Feedback.Positive), new(Feedback.Ignored), new EventMeaning(Feedback.Positive, 3),
            ],
            new[]
            {
                meanings.Of("dislike", null), meanings.Of("hide", null), meanings.Of("rating", 2), meanings.Of("rating", 3.5), meanings.Of("rating", 4),
                meanings.Of("rating", null), meanings.Of("dwell", 29), meanings.Of("dwell", 30), meanings.Of("PageView", null), meanings.Of("Purchase", null),
            });
        Assert.Equal(Feedback.Positive, new EventMeanings(new EventOptions { Negative = "none" }).Of("dislike", null).Feedback);
    }

    [Theory]
    [InlineData("Events__Negative", "hide, hide")]
    [InlineData("Events__Negative", "rating>=1")]
    [InlineData("Events__Negative", "rating<=one")]
    [InlineData("Events__Ignored", "view=0")]
    [InlineData("Events__AtLeast", "rating")]
    [InlineData("Events__AtLeast", "rating>=NaN")]
    [InlineData("Events__Weights", "purchase")]
    [InlineData("Events__Weights", "purchase=0")]
    [InlineData("Events__Weights", "purchase=1001")]
    [InlineData("Events__Weights", "=2")]
    public void A_list_that_is_none_is_refused_with_its_name_its_text_and_what_is_allowed(string setting, string value)
    {
        var refused = Assert.Throws<ArgumentException>(() => OptionsReader.Read<EventOptions>([KeyValuePair.Create(setting, (string?)value)]));
        Assert.StartsWith($"{setting} must be types divided by commas", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith($"Found: {value}.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_newest_word_on_an_item_decides()
    {
        // Newest first: b was taken up again, c was returned, d only ever disliked; a is an action twice.
        var taste = EventMeanings.Default.TasteOf(
        [
            Event("a", "view"), Event("b", "purchase"), Event("c", "return"), Event("b", "dislike"), Event("c", "purchase"), Event("d", "hide"),
            Event("b", "view"), Event("c", "view"), Event("a", "view"), Event("d", "dislike"),
        ]);
        Assert.Equal(["a", "b", "b", "a"], taste.Actions);
        Assert.Equal(["c", "d"], taste.Disliked);
    }

    static UserAction Event(string item, string type) => new(item, type, null);
}
