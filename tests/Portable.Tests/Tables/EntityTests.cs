using System.Runtime.Serialization;
using Azure;
using Azure.Data.Tables;

namespace SasRec.Portable.Tests.Tables;

public class EntityTests(StorageEmulator storage) : TableTests(storage)
{
    [Fact]
    public async Task Every_type_comes_back_as_it_went()
    {
        var table = await NewTableAsync();
        var sent = Visit.Full();

        var added = await table.AddEntityAsync(sent);
        var read = await table.GetEntityAsync<Visit>("p", "r");

        Visit.AssertSame(sent, read.Value);
        Assert.Equal(added.Headers.ETag, read.Value.ETag);
        Assert.Equal(DateTimeOffset.UtcNow, read.Value.Timestamp!.Value, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Nulls_stay_null_and_defaults_stay_defaults()
    {
        var table = await NewTableAsync();
        var sent = new Visit { PartitionKey = "p", RowKey = "r", Moment = DateTimeOffset.UnixEpoch };

        await table.AddEntityAsync(sent);

        Visit.AssertSame(sent, (await table.GetEntityAsync<Visit>("p", "r")).Value);
    }

    [Fact]
    public async Task The_dictionary_form_sees_the_types_that_were_stored()
    {
        var table = await NewTableAsync();
        var sent = Visit.Full();
        await table.AddEntityAsync(sent);

        var read = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;

        Assert.Equal(("p", "r"), (read.PartitionKey, read.RowKey));
        Assert.Equal(sent.Text, read.GetString("Text"));
        Assert.Equal(sent.Flag, read.GetBoolean("Flag"));
        Assert.Equal(sent.Int, read.GetInt32("Int"));
        Assert.Equal(sent.Long, read.GetInt64("Long"));
        Assert.Equal(sent.Double, read.GetDouble("Double"));
        Assert.Equal(3.0, read.GetDouble("MaybeDouble"));
        Assert.Equal(sent.Guid, read.GetGuid("Guid"));
        Assert.Equal(sent.Moment, read.GetDateTimeOffset("Moment"));
        Assert.Equal(sent.Date, read.GetDateTime("Date"));
        Assert.Equal(sent.Bytes, read.GetBinary("Bytes"));
        Assert.Equal(sent.Data!.ToArray(), read.GetBinaryData("Data")!.ToArray());
        Assert.Equal("Thursday", read.GetString("Day"));
        Assert.Null(read.GetInt32("Absent"));
        Assert.NotEqual(default, read.ETag);
        Assert.NotNull(read.Timestamp);
    }

    [Fact]
    public async Task The_dictionary_form_stores_types_that_a_class_reads()
    {
        var table = await NewTableAsync();
        var full = Visit.Full();
        var sent = new TableEntity("p", "r");
        var keys = typeof(ITableEntity).GetProperties().Select(p => p.Name);
        foreach (var property in typeof(Visit).GetProperties().ExceptBy(keys, p => p.Name))
        {
            sent[property.Name] = property.GetValue(full) is Enum member ? member.ToString() : property.GetValue(full);
        }

        await table.UpsertEntityAsync(sent, TableUpdateMode.Replace);

        Visit.AssertSame(full, (await table.GetEntityAsync<Visit>("p", "r")).Value);
    }

    [Fact]
    public async Task What_was_read_can_be_written_back()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(Visit.Full());
        var read = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;

        read["Int"] = 5;
        await table.UpdateEntityAsync(read, read.ETag, TableUpdateMode.Replace);

        Visit.AssertSame(Visit.Full() with { Int = 5 }, (await table.GetEntityAsync<Visit>("p", "r")).Value);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    public async Task A_double_keeps_its_value(double value)
    {
        var table = await NewTableAsync();

        await table.AddEntityAsync(new Visit { PartitionKey = "p", RowKey = "r", Double = value, Moment = DateTimeOffset.UnixEpoch });

        Assert.Equal(value, (await table.GetEntityAsync<Visit>("p", "r")).Value.Double);
        Assert.Equal(value, (await table.GetEntityAsync<TableEntity>("p", "r")).Value.GetDouble("Double"));
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public async Task An_infinite_double_is_refused(double value)
    {
        var table = await NewTableAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => table.AddEntityAsync(new TableEntity("p", "r") { ["Double"] = value }));
        await Assert.ThrowsAsync<ArgumentException>(() => table.AddEntityAsync(Visit.Full() with { Double = value }));
    }

    [Fact]
    public async Task The_dictionary_form_takes_no_enums()
    {
        var table = await NewTableAsync();

        await Assert.ThrowsAsync<NotSupportedException>(() => table.AddEntityAsync(new TableEntity("p", "r") { ["Day"] = DayOfWeek.Friday }));
    }

    [Fact]
    public async Task A_getter_of_another_type_says_what_it_found()
    {
        var table = await NewTableAsync();
        await table.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 7 });
        var read = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;

        var failure = Assert.Throws<InvalidOperationException>(() => read.GetString("N"));
        Assert.Contains("System.Int32", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_property_may_have_another_name_in_the_table_or_none()
    {
        var table = await NewTableAsync();

        await table.AddEntityAsync(new Renamed { PartitionKey = "p", RowKey = "r", Inner = "stored", Hidden = "kept here" });

        var stored = (await table.GetEntityAsync<TableEntity>("p", "r")).Value;
        Assert.Equal("stored", stored.GetString("outer"));
        Assert.False(stored.ContainsKey("Hidden") || stored.ContainsKey("Inner"));
        Assert.Equal("stored", (await table.GetEntityAsync<Renamed>("p", "r")).Value.Inner);
    }

    [Fact]
    public async Task A_local_time_is_refused_as_ambiguous()
    {
        var local = new TableEntity("p", "r") { ["Date"] = new DateTime(2026, 1, 15, 12, 0, 0, DateTimeKind.Local) };

        await Assert.ThrowsAsync<NotSupportedException>(() => Service.GetTableClient("never").AddEntityAsync(local));
    }

    [Fact]
    public async Task A_class_may_hide_what_the_interface_asks_for()
    {
        var table = await NewTableAsync();

        await table.AddEntityAsync(new Closed("p", "r") { Name = "n" });
        var read = (await table.GetEntityAsync<Closed>("p", "r")).Value;

        Assert.Equal(("p", "r", "n"), (((ITableEntity)read).PartitionKey, ((ITableEntity)read).RowKey, read.Name));
        Assert.NotEqual(default, ((ITableEntity)read).ETag);
    }

    sealed class Closed() : ITableEntity
    {
        public Closed(string partition, string row) : this()
        {
            var self = (ITableEntity)this;
            (self.PartitionKey, self.RowKey) = (partition, row);
        }

        public string? Name { get; set; }
        string ITableEntity.PartitionKey { get; set; } = "";
        string ITableEntity.RowKey { get; set; } = "";
        DateTimeOffset? ITableEntity.Timestamp { get; set; }
        ETag ITableEntity.ETag { get; set; }
    }

    class Keyed : ITableEntity
    {
        public string PartitionKey { get; set; } = "";
        public string RowKey { get; set; } = "";
        public DateTimeOffset? Timestamp { get; set; }
        public ETag ETag { get; set; }
    }

    sealed class Renamed : Keyed
    {
        [DataMember(Name = "outer")]
        public string? Inner { get; set; }

        [IgnoreDataMember]
        public string? Hidden { get; set; }
    }
}
