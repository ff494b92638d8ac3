using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>Writes and reads the entities of one type; made once for each type.</summary>
abstract class EntityCodec
{
    protected const string PartitionKey = nameof(ITableEntity.PartitionKey);
    protected const string RowKey = nameof(ITableEntity.RowKey);
    protected const string Timestamp = nameof(ITableEntity.Timestamp);
    internal const string ETag = "odata.etag";
    internal const string TypeSuffix = "@odata.type";

    // Lets an exception through as it is, not inside a TargetInvocationException.
    const BindingFlags Plainly = BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions;

    static readonly ConcurrentDictionary<Type, EntityCodec> Codecs = new();

    /// <exception cref="NotSupportedException">A property has a type that the table service does not store.</exception>
    public static EntityCodec For(Type type) => Codecs.GetOrAdd(type, static t =>
        t == typeof(TableEntity)
            ? new TableEntityCodec()
            : (EntityCodec)Activator.CreateInstance(typeof(TypedCodec<>).MakeGenericType(t), Plainly, null, null, null)!);

    /// <summary>Writes the entity as one JSON object, without time stamp and ETag, which are the service's.</summary>
    public abstract void Write(Utf8JsonWriter writer, ITableEntity entity);

    /// <summary>Reads the object whose start the reader stands on, and leaves it on the object's end.</summary>
    public abstract ITableEntity Read(ref Utf8JsonReader reader);
}
