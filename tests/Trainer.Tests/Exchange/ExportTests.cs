using System.Globalization;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Items;
using SasRec.Core.Sequences;
using SasRec.Storage.Items;
using SasRec.Storage.Log;
using SasRec.Trainer.Exchange;

namespace SasRec.Trainer.Tests.Exchange;

public sealed class ExportTests(StorageEmulator emulator) : IDisposable
{
    readonly ScratchFolder work = new();

    public void Dispose() => work.Dispose();

    [Fact]
    public async Task DuckDB_reads_every_file_and_its_sums_are_those_of_the_log()
    {
        var log = await FilledAsync();
        var outcome = await log.JobAsync("export", "data", "--out", work.Path, "--days", "3");
        Assert.True(outcome.Code == ExitCode.Ok, outcome.Error);
        Interaction[] all = [.. await new InteractionLog(log.Storage).ScanAsync().ToListAsync()];
        ServedSlate[] slates = [.. await new ImpressionLog(log.Storage).ScanSlatesAsync(DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow).ToListAsync()];
        var built = new InteractionDatasetBuilder();
        Array.ForEach(all, built.Add);
        var data = built.Build();
        var split = LeaveOneOut.Of(data.Sequences);
        var outcomes = slates.Select(slate => SlateOutcome.Of(slate, new LedgerOptions())).ToArray();

        Assert.Equal(
            Text(all.Length, all.Select(i => i.UserId).Distinct().Count(), all.Sum(i => i.Value ?? 0), all.Count(i => i.Value is null), all.Sum(i => i.Timestamp.ToUnixTimeMilliseconds()), all.Count(i => i.TimestampAssigned)),
            Row("select count(*), count(distinct user_id), sum(value), count(*) filter (value is null), sum(epoch_ms(timestamp)), count(*) filter (time_assigned) from interactions"));
        Assert.Equal(
            all.Select(i => $"{i.EventId}|{i.UserId}|{i.ItemId}|{i.Type}|{i.Source}|{i.RecommendationId}").Order(StringComparer.Ordinal),
            Rows("select event_id || '|' || user_id || '|' || item_id || '|' || type || '|' || source || '|' || coalesce(recommendation_id, '') from interactions").Order(StringComparer.Ordinal));
        Assert.Equal(
            Text(slates.Length, slates.Sum(s => s.Impression.Items.Count + 1), slates.Sum(s => s.Impression.Items.Sum(item => item.Propensity)), outcomes.Sum(o => o.Interacted.Count(yes => yes)), outcomes.Sum(o => o.Sighted ? o.Seen.Count(yes => yes) : 0), slates.Length),
            Row("select count(distinct recommendation_id), count(*), sum(propensity), count(*) filter (interacted), count(*) filter (seen), count(*) filter (forced) from impressions"));
        Assert.Equal(
            Text(slates.Sum(s => s.Events.Count), slates.Sum(s => s.Events.Count(e => e.Type == Sighting.Type))),
            Row("select count(*), count(*) filter (type = 'impression-seen') from outcomes"));
        Assert.Equal(
            Text(data.Sequences.InteractionCount, split.Test.Count, split.Validation.Count, Enumerable.Range(0, data.Sequences.UserCount).Sum(split.Train.Length)),
            Row("select count(*), count(*) filter (split = 'test'), count(*) filter (split = 'validation'), count(*) filter (split = 'train') from sequences"));
        Assert.Equal(Text(3, 2, 5), Row("select count(*), sum(json_array_length(categories)), sum((attributes->>'price')::double) from items"));

        // Nothing else is in the folder, and every column is in the contract with its type.
        var files = Directory.GetFiles(work.Path, "*.parquet", SearchOption.AllDirectories);
        Assert.Equal(files.Length, Rows("select distinct filename from read_parquet(['" + string.Join("', '", files) + "'], union_by_name = true, filename = true)").Length + files.Count(IsEmpty));
        foreach (var table in ExportTables.Describe().GroupBy(column => column.Table))
        {
            Assert.Equal(
                table.Select(column => $"{column.Name} {Duck(column.Type)}"),
                Rows($"select column_name || ' ' || column_type from (describe select * from {table.Key})"));
        }
    }

    [Fact]
    public async Task What_was_exported_is_imported_as_it_was_and_an_export_that_was_killed_goes_on()
    {
        var log = await FilledAsync();
        Assert.Equal(ExitCode.Ok, (await log.JobAsync("export", "data", "--out", work.Path, "--tables", "Interactions")).Code);
        var state = JsonNode.Parse(await File.ReadAllTextAsync(work.File("_state.json")))!;
        foreach (var part in state["parts"]!.AsObject().Select(part => part.Key).Skip(7).ToArray())
        {
            state["parts"]!.AsObject().Remove(part);
        }

        await File.WriteAllTextAsync(work.File("_state.json"), state.ToJsonString());
        Assert.Equal(ExitCode.Ok, (await log.JobAsync("export", "data", "--out", work.Path, "--tables", "Interactions")).Code);

        await using var host = await EventsHost.StartAsync();
        foreach (var file in Directory.GetFiles(work.File("interactions"), "*.parquet").Where(file => !IsEmpty(file)))
        {
            var outcome = await Job.RunAsync(["import", file, "--url", host.Url, "--state", work.File(Path.GetFileName(file) + ".state"), "--order", "file", "--json"]);
            Assert.True(outcome.Code == ExitCode.Ok, outcome.Error);
        }

        var expected = await new InteractionLog(log.Storage).ScanAsync().ToListAsync();
        Assert.Equal(
            expected.Select(i => $"{i.EventId}|{i.UserId}|{i.ItemId}|{i.Type}|{i.Source}|{i.Value}|{i.Timestamp.ToUnixTimeMilliseconds()}").Order(StringComparer.Ordinal),
            host.Accepted.Values.Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.GetProperty("eventId").GetString()}|{e.GetProperty("userId").GetString()}|{e.GetProperty("itemId").GetString()}|{e.GetProperty("type").GetString()}|{e.GetProperty("source").GetString()}|{(e.TryGetProperty("value", out var value) ? value.GetDouble() : null)}|{e.GetProperty("timestamp").GetDateTimeOffset().ToUnixTimeMilliseconds()}")).Order(StringComparer.Ordinal));
    }

    /// <summary>Users, slates of three drawn items and a pinned one, sightings, clicks and a catalogue.</summary>
    async Task<SmallLog> FilledAsync()
    {
        var log = new SmallLog(emulator);
        await log.Storage.EnsureCreatedAsync();
        var begin = DateTimeOffset.UtcNow.AddHours(-50);
        begin = new DateTimeOffset(begin.Ticks - (begin.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        List<Interaction> acts =
        [
            .. from user in Enumerable.Range(0, 60)
               from step in Enumerable.Range(0, 2 + (user % 6))
               select new Interaction
               {
                   EventId = $"e{user}-{step}",
                   UserId = SmallLog.User(user),
                   ItemId = $"item {(user + (3 * step)) % 20}",
                   Type = step % 3 == 0 ? "purchase" : "view",
                   Value = user % 4 == 0 ? step + 0.5 : null,
                   Timestamp = begin.AddMinutes((user * 10) + step),
                   TimestampAssigned = user % 5 == 0,
               },
        ];
        List<Impression> slates = [];
        for (var i = 0; i < 40; i++)
        {
            var at = begin.AddHours(i);
            slates.Add(new Impression
            {
                RecommendationId = Guid.CreateVersion7(at).ToString("N"),
                UserId = i % 3 == 0 ? null : SmallLog.User(i),
                ServedAt = at,
                ModelVersion = "m1",
                Recommender = Recommenders.Sasrec,
                Temperature = 0.5,
                Epsilon = 0.1,
                Seed = 1,
                EligibleCount = 20,
                Forced = [new ForcedItem("item 19", 4)],
                Items = [.. Enumerable.Range(0, 3).Select(slot => new ServedItem($"item {(i + slot) % 18}", slot + 1, slot == 2 ? null : 1.5 - slot, 0.25 + (slot / 10.0), slot == 1))],
            });
            if (i % 2 == 0)
            {
                acts.Add(Named(i, "seen", 0, Sighting.Type));
                acts.Add(Named(i, "click", i % 3, "click"));
            }
        }

        await new ImpressionLog(log.Storage).AppendAsync(slates);
        await new InteractionLog(log.Storage).AppendAsync(acts);
        await new ItemStore(log.Storage).PutAsync(
        [
            new CatalogueItem { Id = "item 1", Title = "Ä \"1\"", Categories = ["a", "b"], Attributes = """{"price":2}""" },
            new CatalogueItem { Id = "item 2", Title = "2", Attributes = """{"price":3}""", ExpiresAt = begin },
            new CatalogueItem { Id = "item 3", Title = "3", Available = false },
        ]);
        return log;

        Interaction Named(int slate, string name, int slot, string type) => new()
        {
            EventId = $"{name}-{slate}",
            UserId = SmallLog.User(slate),
            ItemId = slates[slate].Items[slot].ItemId,
            Type = type,
            Source = "recommendation",
            RecommendationId = slates[slate].RecommendationId,
            Timestamp = slates[slate].ServedAt.AddMinutes(1.5 + slot),
        };
    }

    static string Duck(string type) => type switch
    {
        "text" => "VARCHAR",
        "int64" => "BIGINT",
        "double" => "DOUBLE",
        "boolean" => "BOOLEAN",
        _ => "TIMESTAMP WITH TIME ZONE",
    };

    static string Text(params double[] values) => string.Join(" ", values.Select(value => value.ToString("F4", CultureInfo.InvariantCulture)));

    static bool IsEmpty(string file)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"select count(*) from '{file}'";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) == 0;
    }

    string Row(string query)
    {
        using var reader = Read(query);
        Assert.True(reader.Read());
        return Text([.. Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToDouble(reader.GetValue(i) is System.Numerics.BigInteger big ? (double)big : reader.GetValue(i), CultureInfo.InvariantCulture))]);
    }

    string[] Rows(string query)
    {
        using var reader = Read(query);
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }

        return [.. rows];
    }

    DuckDBDataReader Read(string query)
    {
        var connection = Open();
        using var command = connection.CreateCommand();
        foreach (var table in Directory.GetDirectories(work.Path).Select(Path.GetFileName))
        {
            command.CommandText = $"create view {table} as select * from '{work.File(table!)}/*.parquet'";
            command.ExecuteNonQuery();
        }

        command.CommandText = query;
        return command.ExecuteReader();
    }

    static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        return connection;
    }
}
