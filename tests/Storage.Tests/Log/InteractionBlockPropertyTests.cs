using FsCheck.Xunit;
using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Storage.Tests.Log;

[Properties(Arbitrary = [typeof(AnyTexts)])]
public class InteractionBlockPropertyTests
{
    [Property(MaxTest = 500)]
    public void What_is_written_is_read_back_in_order((AnyText User, AnyText Item, AnyText Event, AnyText? Slate, uint Minutes, bool Assigned, double? Value)[] rows)
    {
        var interactions = rows.Select(row => new Interaction
        {
            EventId = row.Event.Value,
            UserId = row.User.Value,
            ItemId = row.Item.Value,
            Type = "view",
            Source = "organic",
            Timestamp = DateTimeOffset.UnixEpoch.AddMinutes(row.Minutes).AddTicks(row.Minutes % 7),
            TimestampAssigned = row.Assigned,
            RecommendationId = row.Slate?.Value,
            Value = row.Value,
            AcceptedAt = row.Assigned ? null : DateTimeOffset.UnixEpoch.AddMinutes(row.Minutes / 2),
        }).ToArray();
        using var block = new InteractionBlock();
        foreach (var interaction in interactions)
        {
            block.Write(interaction);
        }

        Assert.Equal(interactions, InteractionBlock.Read(block.ToArray()));
    }

    [Property(MaxTest = 500)]
    public void A_damaged_block_is_refused_or_read_and_ends(AnyText id, int at, byte found)
    {
        using var block = new InteractionBlock();
        for (var i = 0; i < 5; i++)
        {
            block.Write(new Interaction
            {
                EventId = $"{i}", UserId = id.Value, ItemId = "i", Type = "view", Source = "organic", Timestamp = DateTimeOffset.UnixEpoch.AddDays(i),
            });
        }

        var bytes = block.ToArray();
        bytes[(int)((uint)at % (uint)bytes.Length)] = found;

        var problem = Record.Exception(() => InteractionBlock.Read(bytes).Count());

        Assert.True(problem is null or InvalidDataException or NewerFormatException, problem?.ToString());
    }
}
