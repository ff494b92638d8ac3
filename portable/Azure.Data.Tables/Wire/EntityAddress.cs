namespace Azure.Data.Tables.Wire;

/// <summary>Writes an entity's key as it stands in an address.</summary>
static class EntityAddress
{
    public static string Key(string partitionKey, string rowKey) => $"(PartitionKey='{Escape(partitionKey)}',RowKey='{Escape(rowKey)}')";

    static string Escape(string key) => Uri.EscapeDataString(QueryFilter.Escape(key));
}
