using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>Writes and reads one property of an entity.</summary>
abstract class PropertyCodec<TEntity>(string name) where TEntity : ITableEntity
{
    public byte[] NameUtf8 { get; } = Encoding.UTF8.GetBytes(name);

    public abstract void Write(Utf8JsonWriter writer, TEntity entity);

    public abstract void Read(ref Utf8JsonReader reader, TEntity entity);

    /// <param name="property">The property.</param>
    /// <param name="name">Its name in the table.</param>
    /// <param name="written">False for what only the service sets.</param>
    public static PropertyCodec<TEntity> Create(PropertyInfo property, string name, bool written)
    {
        // Reflection once for each property; what it makes runs without.
        var make = typeof(PropertyCodec<TEntity>).GetMethod(nameof(Make), BindingFlags.Static | BindingFlags.NonPublic)!;
        return (PropertyCodec<TEntity>)make.MakeGenericMethod(property.PropertyType)
            .Invoke(null, BindingFlags.DoNotWrapExceptions, null, [property, name, written], null)!;
    }

    static PropertyCodec<TEntity> Make<TValue>(PropertyInfo property, string name, bool written)
    {
        if (typeof(TValue) == typeof(ETag))
        {
            return new ETagCodec(name, property);
        }

        var type = Edm.Find<TValue>() ?? (EdmType<TValue>?)Derived(typeof(TValue)) ?? throw new NotSupportedException(
            $"{typeof(TEntity)}.{property.Name} is of type {typeof(TValue)}, which the table service does not store. " +
            $"Use string, bool, int, long, double, Guid, DateTime, DateTimeOffset, byte[], BinaryData, an enum or a nullable of these.");
        return new Typed<TValue>(name, type, written, property);
    }

    /// <summary>The wire form of an enum or of a nullable type.</summary>
    static object? Derived(Type type)
    {
        if (type.IsEnum)
        {
            return typeof(Edm).GetMethod(nameof(Edm.Enumeration))!.MakeGenericMethod(type).Invoke(null, null);
        }

        if (Nullable.GetUnderlyingType(type) is not { } inner)
        {
            return null;
        }

        var innerType = Derived(inner) ?? typeof(Edm).GetMethod(nameof(Edm.Find))!.MakeGenericMethod(inner).Invoke(null, null);
        return innerType is null ? null : typeof(Edm).GetMethod(nameof(Edm.Nullable))!.MakeGenericMethod(inner).Invoke(null, [innerType]);
    }

    sealed class Typed<TValue>(string name, EdmType<TValue> type, bool written, PropertyInfo property) : PropertyCodec<TEntity>(name)
    {
        readonly JsonEncodedText encodedName = JsonEncodedText.Encode(name);
        readonly JsonEncodedText annotationName = JsonEncodedText.Encode(name + EntityCodec.TypeSuffix);
        readonly JsonEncodedText annotation = JsonEncodedText.Encode(type.Annotation ?? "");
        readonly Func<TEntity, TValue> get = property.GetMethod!.CreateDelegate<Func<TEntity, TValue>>();
        readonly Action<TEntity, TValue>? set = property.SetMethod is { IsPublic: true } setter
            ? setter.CreateDelegate<Action<TEntity, TValue>>()
            : null;

        public override void Write(Utf8JsonWriter writer, TEntity entity)
        {
            if (!written || get(entity) is not { } value)
            {
                // The service keeps no nulls: an absent property is what null means.
                return;
            }

            if (type.Annotation is not null)
            {
                writer.WriteString(annotationName, annotation);
            }

            writer.WritePropertyName(encodedName);
            type.Write(writer, value);
        }

        public override void Read(ref Utf8JsonReader reader, TEntity entity) =>
            set?.Invoke(entity, reader.TokenType == JsonTokenType.Null ? default! : type.Read(ref reader));
    }

    sealed class ETagCodec(string name, PropertyInfo property) : PropertyCodec<TEntity>(name)
    {
        readonly Action<TEntity, ETag>? set = property.SetMethod?.CreateDelegate<Action<TEntity, ETag>>();

        public override void Write(Utf8JsonWriter writer, TEntity entity)
        {
        }

        public override void Read(ref Utf8JsonReader reader, TEntity entity) => set?.Invoke(entity, new ETag(reader.GetString()!));
    }
}
