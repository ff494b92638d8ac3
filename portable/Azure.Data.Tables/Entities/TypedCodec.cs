using System.Reflection;
using System.Runtime.Serialization;
using System.Text.Json;

namespace Azure.Data.Tables.Entities;

/// <summary>The codec of a class of the caller's: its public properties, read and written without reflection.</summary>
sealed class TypedCodec<T> : EntityCodec where T : ITableEntity
{
    readonly PropertyCodec<T>[] properties = [.. PropertiesOf()];

    public override void Write(Utf8JsonWriter writer, ITableEntity entity)
    {
        var typed = (T)entity;
        writer.WriteStartObject();
        foreach (var property in properties)
        {
            property.Write(writer, typed);
        }

        writer.WriteEndObject();
    }

    public override ITableEntity Read(ref Utf8JsonReader reader)
    {
        var entity = Activator.CreateInstance<T>();
        var next = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = Find(ref reader, ref next);
            reader.Read();
            if (property is null)
            {
                reader.Skip();
            }
            else
            {
                property.Read(ref reader, entity);
            }
        }

        return entity;
    }

    // Entities of a table come with their properties in one order, so the search begins after the last hit.
    PropertyCodec<T>? Find(ref Utf8JsonReader reader, ref int next)
    {
        if (reader.ValueSpan.EndsWith("@odata.type"u8))
        {
            return null;
        }

        for (var tried = 0; tried < properties.Length; tried++)
        {
            var candidate = properties[next];
            next = next + 1 == properties.Length ? 0 : next + 1;
            if (reader.ValueTextEquals(candidate.NameUtf8))
            {
                return candidate;
            }
        }

        return null;
    }

    static IEnumerable<PropertyCodec<T>> PropertiesOf()
    {
        var own = typeof(T).GetProperties(BindingFlags.Instance | BindingFlags.Public);
        // What the class implements explicitly is reached through the interface.
        var hidden = typeof(ITableEntity).GetProperties().ExceptBy(own.Select(p => p.Name), p => p.Name);
        foreach (var property in own.Concat(hidden))
        {
            if (property.GetMethod is not { IsPublic: true } || property.GetIndexParameters().Length > 0 ||
                property.IsDefined(typeof(IgnoreDataMemberAttribute)))
            {
                continue;
            }

            var name = property.Name == nameof(ITableEntity.ETag)
                ? ETag
                : property.GetCustomAttribute<DataMemberAttribute>()?.Name ?? property.Name;
            yield return PropertyCodec<T>.Create(property, name, written: name is not (ETag or Timestamp));
        }
    }
}
