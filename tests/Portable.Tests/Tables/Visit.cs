using Azure;
using Azure.Data.Tables;

namespace SasRec.Portable.Tests.Tables;

/// <summary>An entity with a property of every type that the table service stores.</summary>
public sealed record Visit : ITableEntity
{
    public string PartitionKey { get; set; } = "";
    public string RowKey { get; set; } = "";
    public DateTimeOffset? Timestamp { get; set; }
    public ETag ETag { get; set; }
    public string? Text { get; set; }
    public bool Flag { get; set; }
    public int Int { get; set; }
    public long Long { get; set; }
    public double Double { get; set; }
    public Guid Guid { get; set; }
    public DateTimeOffset Moment { get; set; }
    public DateTime Date { get; set; } = DateTime.UnixEpoch;
    public byte[]? Bytes { get; set; }
    public BinaryData? Data { get; set; }
    public DayOfWeek Day { get; set; }
    public bool? MaybeFlag { get; set; }
    public int? MaybeInt { get; set; }
    public long? MaybeLong { get; set; }
    public double? MaybeDouble { get; set; }
    public Guid? MaybeGuid { get; set; }
    public DateTime? MaybeDate { get; set; }
    public DateTimeOffset? MaybeMoment { get; set; }
    public DayOfWeek? MaybeDay { get; set; }

    /// <summary>A visit with every property set, to values at the edge of their types where that is where things break.</summary>
    public static Visit Full(string row = "r") => new()
    {
        PartitionKey = "p",
        RowKey = row,
        Text = "naïve \"quoted\" 'single' {brace} \r\n\u2028 日本 🎸",
        Flag = true,
        Int = int.MinValue,
        Long = long.MaxValue,
        Double = 0.1 + 0.2,
        Guid = new Guid("6f2c1c34-9f0e-4d0b-8f5e-0d0c6f8a1b2c"),
        Moment = new DateTimeOffset(2026, 1, 15, 13, 14, 15, TimeSpan.FromHours(2)).AddTicks(1234567),
        Date = new DateTime(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc),
        Bytes = [0, 1, 254, 255],
        Data = BinaryData.FromBytes([7, 8]),
        Day = DayOfWeek.Thursday,
        MaybeFlag = false,
        MaybeInt = 0,
        MaybeLong = long.MinValue,
        MaybeDouble = 3,
        MaybeGuid = Guid.Empty,
        MaybeDate = DateTime.UnixEpoch,
        MaybeMoment = DateTimeOffset.UnixEpoch,
        MaybeDay = DayOfWeek.Sunday,
    };

    /// <summary>Asserts that two visits are alike in all that the caller sets.</summary>
    public static void AssertSame(Visit expected, Visit actual)
    {
        Assert.Equal(expected.Bytes, actual.Bytes);
        Assert.Equal(expected.Data?.ToArray(), actual.Data?.ToArray());
        Assert.Equal(
            expected with { Timestamp = null, ETag = default, Bytes = null, Data = null },
            actual with { Timestamp = null, ETag = default, Bytes = null, Data = null });
    }
}
