using Parquet;
using Parquet.Schema;

namespace SasRec.Trainer.Exchange;

/// <summary>One column of a Parquet table: its name, its type and its meaning are the contract, of which docs/exchange.md is made.</summary>
/// <typeparam name="T">What a row is made of.</typeparam>
/// <param name="Field">Name and type.</param>
/// <param name="Type">The type in words.</param>
/// <param name="Meaning">What it says, with its unit and range.</param>
/// <param name="Write">Writes the values of some rows.</param>
sealed record Column<T>(DataField Field, string Type, string Meaning, Func<ParquetRowGroupWriter, DataField, IReadOnlyList<T>, Task> Write)
{
    const string TimeType = "timestamp, µs, UTC";

    /// <summary>Its name.</summary>
    public string Name => Field.Name;

    /// <summary>Whether every row has a value.</summary>
    public bool Required => !Field.IsNullable;

    /// <summary>Text that every row has.</summary>
    public static Column<T> Text(string name, string meaning, Func<T, string> value) =>
        new(new DataField(name, typeof(string), isNullable: false), "text", meaning, (group, field, rows) => group.WriteAsync(field, Of(rows, value)));

    /// <summary>Text, or none.</summary>
    public static Column<T> TextOrNull(string name, string meaning, Func<T, string?> value) =>
        new(new DataField(name, typeof(string), isNullable: true), "text", meaning, (group, field, rows) => group.WriteAsync(field, Of(rows, value)!));

    /// <summary>A whole number of 64 bits.</summary>
    public static Column<T> Integer(string name, string meaning, Func<T, long> value) =>
        new(new DataField(name, typeof(long), isNullable: false), "int64", meaning, (group, field, rows) => group.WriteAsync<long>(field, Of(rows, value)));

    /// <summary>A whole number of 64 bits, or none.</summary>
    public static Column<T> IntegerOrNull(string name, string meaning, Func<T, long?> value) =>
        new(new DataField(name, typeof(long), isNullable: true), "int64", meaning, (group, field, rows) => group.WriteAsync<long>(field, Of(rows, value)));

    /// <summary>A number of double precision.</summary>
    public static Column<T> Number(string name, string meaning, Func<T, double> value) =>
        new(new DataField(name, typeof(double), isNullable: false), "double", meaning, (group, field, rows) => group.WriteAsync<double>(field, Of(rows, value)));

    /// <summary>A number of double precision, or none.</summary>
    public static Column<T> NumberOrNull(string name, string meaning, Func<T, double?> value) =>
        new(new DataField(name, typeof(double), isNullable: true), "double", meaning, (group, field, rows) => group.WriteAsync<double>(field, Of(rows, value)));

    /// <summary>True or false.</summary>
    public static Column<T> Flag(string name, string meaning, Func<T, bool> value) =>
        new(new DataField(name, typeof(bool), isNullable: false), "boolean", meaning, (group, field, rows) => group.WriteAsync<bool>(field, Of(rows, value)));

    /// <summary>True, false or unknown.</summary>
    public static Column<T> FlagOrNull(string name, string meaning, Func<T, bool?> value) =>
        new(new DataField(name, typeof(bool), isNullable: true), "boolean", meaning, (group, field, rows) => group.WriteAsync<bool>(field, Of(rows, value)));

    /// <summary>A time in UTC.</summary>
    public static Column<T> Time(string name, string meaning, Func<T, DateTimeOffset> value) =>
        new(TimeField(name, nullable: false), TimeType, meaning, (group, field, rows) => group.WriteAsync<DateTime>(field, Of(rows, row => value(row).UtcDateTime)));

    /// <summary>A time in UTC, or none.</summary>
    public static Column<T> TimeOrNull(string name, string meaning, Func<T, DateTimeOffset?> value) =>
        new(TimeField(name, nullable: true), TimeType, meaning, (group, field, rows) => group.WriteAsync<DateTime>(field, Of(rows, row => value(row)?.UtcDateTime)));

    static DateTimeDataField TimeField(string name, bool nullable) =>
        new(name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Micros, isNullable: nullable);

    static V[] Of<V>(IReadOnlyList<T> rows, Func<T, V> value)
    {
        var values = new V[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(rows[i]);
        }

        return values;
    }
}
