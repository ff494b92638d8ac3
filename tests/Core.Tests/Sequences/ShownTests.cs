using SasRec.Core.Events;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Sequences;

public sealed class ShownTests
{
    [Fact]
    public void What_users_took_from_a_slate_is_told_from_what_they_did_on_their_own()
    {
        var data = Data(("ann", "a", null), ("ann", "b", null), ("ann", "c", "slate 1"), ("bob", "a", "slate 2"), ("bob", "b", null), ("bob", "c", null));
        Assert.Equal([false, false, true], Enumerable.Range(0, 3).Select(place => data.WasShown(0, place)));

        var test = LeaveOneOut.Of(data).Test;
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(test.WasShown));
        Assert.Equal([1], test.Where(i => !test.WasShown(i)).Users);
    }

    [Fact]
    public void Where_nothing_came_from_a_slate_nothing_is_kept_of_it()
    {
        var data = Data(("ann", "a", null), ("ann", "b", null), ("ann", "c", null));
        Assert.Null(data.Shown);
        Assert.False(data.WasShown(0, 2));
    }

    static SequenceDataset Data(params (string User, string Item, string? Slate)[] actions)
    {
        var builder = new InteractionDatasetBuilder();
        foreach (var (place, action) in actions.Index())
        {
            builder.Add(new Interaction
            {
                EventId = $"e{place}",
                UserId = action.User,
                ItemId = action.Item,
                Timestamp = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMinutes(place),
                RecommendationId = action.Slate,
            });
        }

        return builder.Build().Sequences;
    }
}
