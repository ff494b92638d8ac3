using System.Globalization;
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

    public static TableEntity Write(string partition, Interaction interaction)
    {
        var row = new TableEntity(partition, KeyOf(interaction))
        {
            [Names.Columns.Event] = interaction.EventId,
            [Names.Columns.Item] = interaction.ItemId,
            [Names.Columns.Type] = interaction.Type,
            [Names.Columns.Source] = interaction.Source,
        };
        if (interaction.TimestampAssigned)
        {
            row[Names.Columns.Assigned] = true;
        }

        if (interaction.RecommendationId is { } recommendation)
        {
            row[Names.Columns.Recommendation] = recommendation;
        }

        if (interaction.Value is { } value)
        {
            row[Names.Columns.Value] = value;
        }

        if (TableKey.Decode(partition) is null)
        {
            row[Names.Columns.User] = interaction.UserId;
        }

        return row;
    }

    public static Interaction Read(TableEntity row) => new()
    {
        EventId = row.RequiredString(Names.Columns.Event),
        UserId = TableKey.Decode(row.PartitionKey) ?? row.RequiredString(Names.Columns.User),
        ItemId = row.RequiredString(Names.Columns.Item),
        Type = row.RequiredString(Names.Columns.Type),
        Source = row.RequiredString(Names.Columns.Source),
        Timestamp = TimeOf(row.RowKey),
        TimestampAssigned = row.GetBoolean(Names.Columns.Assigned) ?? false,
        RecommendationId = row.GetString(Names.Columns.Recommendation),
        Value = row.GetDouble(Names.Columns.Value),
    };

    static string InvertedTime(DateTimeOffset time) =>
        (DateTimeOffset.MaxValue.UtcTicks - time.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
}
