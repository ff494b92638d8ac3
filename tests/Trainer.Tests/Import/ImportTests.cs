using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SasRec.Core.Contracts;

namespace SasRec.Trainer.Tests.Import;

public sealed class ImportTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Every_line_arrives_once_in_the_order_of_the_file_with_times_in_the_past()
    {
        await using var host = await EventsHost.StartAsync();
        var file = Pairs(2_345);

        var outcome = await ImportAsync(host, file, "--batch", "100");

        Assert.Equal(ExitCode.Ok, outcome.Code);
        Assert.Equal(2_345, outcome.Json.GetProperty("events").GetInt32());
        Assert.Equal(24, outcome.Json.GetProperty("requests").GetInt32());
        var inOrder = host.Accepted.Values.OrderBy(Time).ToArray();
        Assert.Equal(File.ReadLines(file), inOrder.Select(e => $"{e.GetProperty("userId")} {e.GetProperty("itemId")}"));
        var times = inOrder.Select(Time).ToArray();
        Assert.Equal(times.Distinct().Order(), times);
        Assert.True(times[^1] < new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_repeated_import_doubles_nothing_even_of_a_file_that_has_grown()
    {
        await using var host = await EventsHost.StartAsync();
        var file = Pairs(50);
        await ImportAsync(host, file);
        var once = host.Accepted.ToDictionary(e => e.Key, e => e.Value.GetRawText());

        File.AppendAllText(file, "new-user new-item\n");
        await ImportAsync(host, file);

        Assert.Equal(51, host.Accepted.Count);
        Assert.All(once, e => Assert.Equal(e.Value, host.Accepted[e.Key].GetRawText()));
    }

    [Fact]
    public async Task Two_equal_lines_are_two_events()
    {
        await using var host = await EventsHost.StartAsync();
        File.WriteAllText(scratch.File("d"), "u i\nu i\n");

        await ImportAsync(host, scratch.File("d"));

        Assert.Equal(2, host.Accepted.Count);
    }

    [Theory]
    [InlineData("p0,p1,p2,p3", "p2,p3,p4,p5")]
    [InlineData("p3,p2,p1,p0", "p5,p4,p3,p2,p1,p0")]
    [InlineData("p1,p0,p1", "p1,p0,p1,p1")]
    public async Task A_rolling_window_or_a_newest_first_export_doubles_nothing(string first, string second)
    {
        await using var host = await EventsHost.StartAsync();
        foreach (var export in new[] { first, second })
        {
            var lines = export.Split(',').Select(item => $"u,{item},2024-04-0{item[1] - '0' + 1}T00:00:00Z\n");
            File.WriteAllText(scratch.File("d"), "user,item,timestamp\n" + string.Concat(lines));
            Assert.Equal(ExitCode.Ok, (await ImportAsync(host, scratch.File("d"))).Code);
        }

        var wanted = first.Split(',').Union(second.Split(',')).Select(item => Math.Max(first.Split(',').Count(i => i == item), second.Split(',').Count(i => i == item)));
        Assert.Equal(wanted.Sum(), host.Accepted.Count);
    }

    [Fact]
    public async Task The_files_own_event_ids_are_sent()
    {
        await using var host = await EventsHost.StartAsync();
        File.WriteAllText(scratch.File("d"), "event_id,user,item,timestamp\norder 1,u,a,1700000000\norder 2,u,b,1700000001\n");

        await ImportAsync(host, scratch.File("d"));

        Assert.Equal(["order 1", "order 2"], host.Accepted.Keys.Order());
    }

    [Theory]
    [InlineData("file", "a b c d")]
    [InlineData("newest-first", "d c b a")]
    public async Task What_happened_at_one_moment_keeps_the_order_of_the_file(string order, string oldestFirst)
    {
        await using var host = await EventsHost.StartAsync();
        File.WriteAllText(scratch.File("d"), "user,item,date\nu,a,2024-04-01\nu,b,2024-04-01\nu,c,2024-04-01\nu,d,2024-04-01\n");

        await ImportAsync(host, scratch.File("d"), "--order", order);

        var events = host.Accepted.Values.OrderBy(Time).ToArray();
        Assert.Equal(oldestFirst, string.Join(' ', events.Select(e => e.GetProperty("itemId").GetString())));
        Assert.Equal(4, events.Select(Time).Distinct().Count());
    }

    [Fact]
    public async Task Several_files_are_sent_and_a_file_that_cannot_be_read_stops_all_before_the_first()
    {
        await using var host = await EventsHost.StartAsync();
        File.WriteAllText(scratch.File("a"), "u a\nu b\n");
        File.WriteAllText(scratch.File("b"), "v c\n");
        File.WriteAllText(scratch.File("c"), "v c\nw\n");

        var refused = await ImportAsync(host, scratch.File("a"), scratch.File("c"));
        Assert.Equal((ExitCode.Usage, 0), (refused.Code, host.Accepted.Count));
        Assert.Contains($"{scratch.File("c")}: Line 2: found 1 fields", refused.Error, StringComparison.Ordinal);
        Assert.Equal(3, (await ImportAsync(host, scratch.File("a"), scratch.File("b"))).Json.GetProperty("events").GetInt32());
    }

    [Fact]
    public async Task Columns_of_a_CSV_file_arrive_as_fields()
    {
        await using var host = await EventsHost.StartAsync();
        File.WriteAllText(scratch.File("d"), "item,user,timestamp,type,source,value\n\"日本, 1\",u,1700000000,buy,search,4.5\nb,u,1700000001,,,\n");

        await ImportAsync(host, scratch.File("d"));

        var events = host.Accepted.Values.OrderBy(Time).ToArray();
        Assert.Equal("日本, 1", events[0].GetProperty("itemId").GetString());
        Assert.Equal("buy", events[0].GetProperty("type").GetString());
        Assert.Equal("search", events[0].GetProperty("source").GetString());
        Assert.Equal(4.5, events[0].GetProperty("value").GetDouble());
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), Time(events[0]));
        Assert.False(events[1].TryGetProperty("type", out _));
    }

    [Fact]
    public async Task Busy_failing_and_broken_answers_are_tried_again_until_all_is_accepted()
    {
        await using var host = await EventsHost.StartAsync((request, context) =>
        {
            switch (request)
            {
                case 1:
                    context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                    context.Response.Headers.RetryAfter = "0";
                    return Task.FromResult(true);
                case 2:
                    context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                    return Task.FromResult(true);
                case 3:
                    context.Abort();
                    return Task.FromResult(true);
                default:
                    return Task.FromResult(false);
            }
        });

        var outcome = await ImportAsync(host, Pairs(60), "--batch", "20");

        Assert.Equal(ExitCode.Ok, outcome.Code);
        Assert.Equal(60, host.Accepted.Count);
        Assert.Equal(3, outcome.Json.GetProperty("retries").GetInt32());
    }

    [Fact]
    public async Task A_host_that_does_not_answer_is_named_and_so_is_what_to_do()
    {
        var outcome = await Job.RunAsync(["import", Pairs(3), "--url", "http://127.0.0.1:9", "--retry-seconds", "0", "--json"]);

        Assert.Equal(ExitCode.Failure, outcome.Code);
        Assert.Contains("http://127.0.0.1:9/api/events did not take lines 1 to 3", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("repeat the command", outcome.Json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_event_is_named_by_its_line()
    {
        await using var host = await EventsHost.StartAsync(async (_, context) =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            await context.Response.WriteAsync(
                """{"title":"Refused","status":400,"errors":[{"field":"events[1].timestamp","value":"\"1997-01-01\"","range":"from 2000 to now"}]}""");
            return true;
        });

        var outcome = await ImportAsync(host, Pairs(3));

        Assert.Equal(ExitCode.Failure, outcome.Code);
        Assert.Contains("\nLine 2: timestamp '1997-01-01' must be from 2000 to now. --times fit", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_function_key_is_sent_and_a_refused_one_is_named()
    {
        var keys = new List<string?>();
        await using var host = await EventsHost.StartAsync((_, context) =>
        {
            keys.Add(context.Request.Headers["x-functions-key"]);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.FromResult(true);
        });

        var outcome = await ImportAsync(host, Pairs(1), "--key", "secret");

        Assert.Equal(["secret"], keys);
        Assert.Contains("--key", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_before_2000_are_moved_all_alike_on_request()
    {
        await using var host = await EventsHost.StartAsync();
        File.WriteAllText(scratch.File("d"), "user,item,timestamp\nu,a,874724710\nu,b,874724770\n");

        await ImportAsync(host, scratch.File("d"), "--times", "fit");

        var times = host.Accepted.Values.Select(Time).Order().ToArray();
        Assert.Equal([DateTimeOffset.FromUnixTimeSeconds(874724710).AddDays(2800), DateTimeOffset.FromUnixTimeSeconds(874724770).AddDays(2800)], times);

        // A file that has grown keeps them.
        File.AppendAllText(scratch.File("d"), "u,c,974724770\n");
        await ImportAsync(host, scratch.File("d"), "--times", "fit");
        Assert.Equal(times, host.Accepted.Values.Select(Time).Order().Take(2));
    }

    [Fact]
    public async Task Actions_of_one_moment_keep_the_order_of_the_file()
    {
        await using var host = await EventsHost.StartAsync();
        string[] items = ["d", "a", "e", "b", "c"];
        File.WriteAllLines(scratch.File("d"), ["user,item,timestamp", .. items.Select(item => $"u,{item},2025-03-01")]);

        await ImportAsync(host, scratch.File("d"), "--order", "file");

        Assert.Equal(items, host.Accepted.Values.OrderBy(Time).Select(e => e.GetProperty("itemId").GetString()));
    }

    [Fact]
    public async Task Times_that_fit_stay()
    {
        await using var host = await EventsHost.StartAsync();
        File.WriteAllText(scratch.File("d"), "user,item,timestamp\nu,a,1700000000\n");

        await ImportAsync(host, scratch.File("d"), "--times", "fit");

        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1700000000), Time(host.Accepted.Values.Single()));
    }

    [Fact]
    public async Task An_interrupted_import_goes_on_where_it_was_and_loses_nothing()
    {
        using var interrupt = new CancellationTokenSource();
        await using var host = await EventsHost.StartAsync((request, _) =>
        {
            if (request == 10)
            {
                interrupt.Cancel();
            }

            return Task.FromResult(false);
        });
        var (file, state) = (Pairs(1_000), scratch.File("state.json"));
        string[] args = ["import", file, "--url", host.Url, "--batch", "20", "--parallel", "2", "--state", state, "--json"];

        var first = await Job.RunAsync(args, cancellation: interrupt.Token);
        var acceptedFirst = host.Accepted.Count;
        var second = await Job.RunAsync(args);

        Assert.Equal(ExitCode.Interrupted, first.Code);
        Assert.InRange(acceptedFirst, 1, 999);
        Assert.Equal(ExitCode.Ok, second.Code);
        Assert.Equal(1_000, host.Accepted.Count);
        Assert.InRange(second.Json.GetProperty("skippedLines").GetInt32(), 1, acceptedFirst);
        Assert.Equal(0, (await Job.RunAsync(args)).Json.GetProperty("events").GetInt32());
    }

    [Fact]
    public async Task The_state_of_another_import_is_refused()
    {
        await using var host = await EventsHost.StartAsync();
        var (file, state) = (Pairs(5), scratch.File("state.json"));
        await ImportAsync(host, file, "--state", state);
        File.WriteAllText(file, "other1 file1\n" + File.ReadAllText(file));

        var outcome = await ImportAsync(host, file, "--state", state);

        Assert.Equal(ExitCode.Failure, outcome.Code);
        Assert.Contains("is of another import", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--batch", "1001", "--batch must be 1 to 1,000. Found: 1001.")]
    [InlineData("--parallel", "0", "--parallel must be 1 to 64. Found: 0.")]
    [InlineData("--url", "localhost", "--url 'localhost' must be an http or https address.")]
    [InlineData("--times", "sometimes", "sometimes")]
    [InlineData("--colour", "red", "--colour")]
    public async Task A_wrong_option_is_a_usage_error(string option, string value, string message)
    {
        var outcome = await Job.RunAsync(["import", Pairs(1), option, value]);

        Assert.Equal(ExitCode.Usage, outcome.Code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    static Task<JobOutcome> ImportAsync(EventsHost host, string file, params string[] options) =>
        Job.RunAsync(["import", file, "--url", host.Url, "--json", .. options]);

    static DateTimeOffset Time(JsonElement e) => e.GetProperty("timestamp").GetDateTimeOffset();

    string Pairs(int count)
    {
        var path = scratch.File("pairs");
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(i => $"user{i / 7} item{i * 31 % 97}"));
        return path;
    }
}
