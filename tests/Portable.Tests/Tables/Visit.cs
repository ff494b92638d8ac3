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
    public DateTimeOffset? MaybeMoment { get; set; }
    public DayOfWeek? MaybeDay { get; set; }
}
