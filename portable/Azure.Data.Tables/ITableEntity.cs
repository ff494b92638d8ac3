namespace Azure.Data.Tables;

/// <summary>What every entity has: its two keys, the time the service last wrote it, and its version.</summary>
public interface ITableEntity
{
    /// <summary>The partition the entity lies in: at most 1,024 characters, without / \ # ? and control characters.</summary>
    string PartitionKey { get; set; }

    /// <summary>The entity's key within its partition, with the same limits.</summary>
    string RowKey { get; set; }

    /// <summary>When the service last wrote the entity; never sent.</summary>
    DateTimeOffset? Timestamp { get; set; }

    /// <summary>The version of the entity as it was read; never sent with the entity itself.</summary>
    ETag ETag { get; set; }
}
