using System.Globalization;
using Azure;
using Azure.Data.Tables;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>Interactions as rows of their user's partition, the newest first.</summary>
static class InteractionRow
{
    /// <summary>Rows of interactions begin with a digit; guards sort before them.</summary>
    public const string First = "0";

    const char GuardMark = '!';
    const int TimeDigits = 19;

    public static string KeyOf(Interaction interaction) =>
        InvertedTime(interaction.Timestamp) + "-" + TableKey.ShortHash(interaction.EventId);

    /// <summary>The row that says under which key an event stands whose time was assigned when it was accepted.</summary>
    public static string GuardKeyOf(Interaction interaction) => GuardMark + TableKey.ShortHash(interaction.EventId);

    public static bool IsGuard(TableEntity row) => row.RowKey[0] == GuardMark;

    public static DateTimeOffset TimeOf(string rowKey) =>
        new(DateTimeOffset.MaxValue.UtcTicks - long.Parse(rowKey.AsSpan(0, TimeDigits), CultureInfo.InvariantCulture), TimeSpan.Zero);

    public static WrittenInteraction Write(string partition, Interaction interaction) => new()
    {
        PartitionKey = partition,
        RowKey = KeyOf(interaction),
        Event = interaction.EventId,
        Item = interaction.ItemId,
        Type = interaction.Type,
        Source = interaction.Source,
        Assigned = interaction.TimestampAssigned ? true : null,
        Accepted = AcceptedText(interaction),
        Recommendation = interaction.RecommendationId,
        Value = interaction.Value,
        User = TableKey.IsHash(partition) ? interaction.UserId : null,
    };

    public static Interaction Read(TableEntity row) => new()
    {
        EventId = row.RequiredString(Names.Columns.Event),
        UserId = TableKey.Decode(row.PartitionKey) ?? row.RequiredString(Names.Columns.User),
        ItemId = row.RequiredString(Names.Columns.Item),
        Type = row.RequiredString(Names.Columns.Type),
        Source = row.RequiredString(Names.Columns.Source),
        Timestamp = TimeOf(row.RowKey),
        TimestampAssigned = row.GetBoolean(Names.Columns.Assigned) ?? false,
        AcceptedAt = AcceptedAt(row),
        RecommendationId = row.GetString(Names.Columns.Recommendation),
        Value = row.GetDouble(Names.Columns.Value),
    };

    /// <summary>The columns that <see cref="ReadAction"/> reads.</summary>
    public static IReadOnlyList<string> ActionColumns { get; } =
        [nameof(ITableEntity.RowKey), Names.Columns.Item, Names.Columns.Type, Names.Columns.Value, Names.Columns.Accepted];

    public static UserAction ReadAction(TableEntity row) =>
        new(row.RequiredString(Names.Columns.Item), row.RequiredString(Names.Columns.Type), row.GetDouble(Names.Columns.Value));

    /// <summary>When the event of a row was accepted; null where the row does not say.</summary>
    public static DateTimeOffset? AcceptedAt(TableEntity row) => row.GetString(Names.Columns.Accepted) is { } ticks
        ? new DateTimeOffset(long.Parse(ticks, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), TimeSpan.Zero)
        : null;

    /// <summary>Whether two rows of a user are of one moment, see <see cref="AcceptanceOrder"/>.</summary>
    public static bool SameMoment(TableEntity one, TableEntity other) =>
        AcceptanceOrder.MomentOf(TimeOf(one.RowKey).UtcTicks) == AcceptanceOrder.MomentOf(TimeOf(other.RowKey).UtcTicks);

    /// <summary>Below 0 where a row of a user is the newer of two, above 0 where it is the older.</summary>
    public static int NewestFirst(TableEntity one, TableEntity other)
    {
        var (ticks, otherTicks) = (TimeOf(one.RowKey).UtcTicks, TimeOf(other.RowKey).UtcTicks);
        return AcceptanceOrder.Compare(
            otherTicks, AcceptedAt(other)?.UtcTicks ?? otherTicks, ticks, AcceptedAt(one)?.UtcTicks ?? ticks);
    }

    /// <summary>As text, since a typed column has its type with it in every answer.</summary>
    static string? AcceptedText(Interaction interaction) => interaction is { TimestampAssigned: false, AcceptedAt: { } at }
        ? at.UtcTicks.ToString("x", CultureInfo.InvariantCulture)
        : null;

    static string InvertedTime(DateTimeOffset time) =>
        (DateTimeOffset.MaxValue.UtcTicks - time.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
}

/// <summary>The columns of an interaction, as <see cref="Names.Columns"/> names them; none is written for a null. The client writes
/// properties with less work than a dictionary.</summary>
sealed class WrittenInteraction : ITableEntity
{
    public required string PartitionKey { get; set; }

    public required string RowKey { get; set; }

    public DateTimeOffset? Timestamp { get; set; }

    public ETag ETag { get; set; }

    public required string Event { get; init; }

    public required string Item { get; init; }

    public required string Type { get; init; }

    public required string Source { get; init; }

    public bool? Assigned { get; init; }

    public string? Accepted { get; init; }

    public string? Recommendation { get; init; }

    public double? Value { get; init; }

    public string? User { get; init; }
}
