using Azure.Data.Tables.Entities;

namespace Azure.Data.Tables;

/// <summary>An entity as a dictionary from property names to values.</summary>
public sealed partial class TableEntity : ITableEntity
{
    readonly Dictionary<string, object?> properties;

    /// <summary>An entity without keys.</summary>
    public TableEntity() => properties = [];

    /// <summary>An entity with its keys.</summary>
    public TableEntity(string partitionKey, string rowKey) : this() => (PartitionKey, RowKey) = (partitionKey, rowKey);

    /// <summary>An entity with a copy of the values given.</summary>
    public TableEntity(IDictionary<string, object?> values) => properties = new(values);

    /// <inheritdoc/>
    public string PartitionKey
    {
        get => GetString(nameof(PartitionKey))!;
        set => properties[nameof(PartitionKey)] = value;
    }

    /// <inheritdoc/>
    public string RowKey
    {
        get => GetString(nameof(RowKey))!;
        set => properties[nameof(RowKey)] = value;
    }

    /// <inheritdoc/>
    public DateTimeOffset? Timestamp
    {
        get => GetDateTimeOffset(nameof(Timestamp));
        set => properties[nameof(Timestamp)] = value;
    }

    /// <inheritdoc/>
    public ETag ETag
    {
        get => GetString(EntityCodec.ETag) is { } text ? new ETag(text) : default;
        set => properties[EntityCodec.ETag] = value.ToString();
    }

    /// <summary>A text; null if there is none.</summary>
    /// <exception cref="InvalidOperationException">The property has another type. So for each method below.</exception>
    public string? GetString(string key) => Get<string>(key);

    /// <summary>Bytes; null if there are none.</summary>
    public byte[]? GetBinary(string key) => Find(key) is BinaryData data ? data.ToArray() : Get<byte[]>(key);

    /// <summary>Bytes; null if there are none.</summary>
    public BinaryData? GetBinaryData(string key) => Find(key) is byte[] bytes ? BinaryData.FromBytes(bytes) : Get<BinaryData>(key);

    /// <summary>A truth value; null if there is none.</summary>
    public bool? GetBoolean(string key) => (bool?)Get<object>(key, typeof(bool));

    /// <summary>A moment, as UTC; null if there is none.</summary>
    public DateTime? GetDateTime(string key) =>
        Find(key) is DateTimeOffset moment ? moment.UtcDateTime : (DateTime?)Get<object>(key, typeof(DateTime));

    /// <summary>A moment; null if there is none.</summary>
    public DateTimeOffset? GetDateTimeOffset(string key) =>
        Find(key) is DateTime moment ? new DateTimeOffset(moment) : (DateTimeOffset?)Get<object>(key, typeof(DateTimeOffset));

    /// <summary>A number; null if there is none.</summary>
    public double? GetDouble(string key) => (double?)Get<object>(key, typeof(double));

    /// <summary>A GUID; null if there is none.</summary>
    public Guid? GetGuid(string key) => (Guid?)Get<object>(key, typeof(Guid));

    /// <summary>A 32-bit integer; null if there is none.</summary>
    public int? GetInt32(string key) => (int?)Get<object>(key, typeof(int));

    /// <summary>A 64-bit integer; null if there is none.</summary>
    public long? GetInt64(string key) => (long?)Get<object>(key, typeof(long));

    internal void Retype(string key, string type, Func<object?, string, object?> conversion)
    {
        if (properties.TryGetValue(key, out var value))
        {
            properties[key] = conversion(value, type);
        }
    }

    object? Find(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return properties.GetValueOrDefault(key);
    }

    T? Get<T>(string key) where T : class => Get<T>(key, typeof(T));

    T? Get<T>(string key, Type type) where T : class
    {
        var value = Find(key);
        return value is null || type.IsInstanceOfType(value)
            ? (T?)value
            : throw new InvalidOperationException($"Property {key} is of type {value.GetType()}, not {type}.");
    }
}
