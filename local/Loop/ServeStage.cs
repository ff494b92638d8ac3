using System.Diagnostics;
using System.Text.Json;

namespace SasRec.Loop;

/// <summary>How fast recommendations come, and how soon they reflect what a user just did; milliseconds.</summary>
/// <param name="P50">The median time of a recommendation.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="Freshness">The median time from an event to the first list that knows of it; null where there were too few items to see it.</param>
/// <param name="FreshnessMax">The longest.</param>
/// <param name="Took">How long the stage took.</param>
sealed record Served(double P50, double P99, double? Freshness, double? FreshnessMax, TimeSpan Took);

/// <summary>Asks for recommendations as a client would.</summary>
sealed class ServeStage(ApiClient api, LogContents contents, int timedRequests)
{
    const int FreshnessTrials = 20;
    static readonly TimeSpan FreshnessLimit = TimeSpan.FromSeconds(30);

    public async Task<Served> RunAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        await ModelServesAsync(cancellation);
        await ShowAsync(contents.SampleUsers[0], cancellation);
        var latencies = new List<double>(timedRequests);
        for (var i = -timedRequests / 10; i < timedRequests; i++)
        {
            var user = contents.SampleUsers[(i + timedRequests) % contents.SampleUsers.Count];
            var asked = Stopwatch.GetTimestamp();
            await api.RecommendAsync(user, 10, isShown: true, cancellation);
            if (i >= 0)
            {
                latencies.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }
        }

        var fresh = await FreshnessAsync(cancellation);
        return new Served(
            Percentile.Of(latencies, 0.5), Percentile.Of(latencies, 0.99),
            fresh.Count == 0 ? null : Percentile.Of(fresh, 0.5), fresh.Count == 0 ? null : fresh.Max(), Stopwatch.GetElapsedTime(started));
    }

    // A user of our own, who is forgotten afterwards: the log keeps what the data brought and nothing else.
    async Task<List<double>> FreshnessAsync(CancellationToken cancellation)
    {
        const string probe = "freshness probe";
        var milliseconds = new List<double>(FreshnessTrials);
        for (var i = 0; i < FreshnessTrials; i++)
        {
            // Each trial uses up an item; a small catalogue has fewer than there are trials.
            if (await FreshnessOfOneEventAsync(probe, cancellation) is not { } one)
            {
                break;
            }

            milliseconds.Add(one);
        }

        await api.ForgetUserAsync(probe, cancellation);
        return milliseconds;
    }

    async Task ModelServesAsync(CancellationToken cancellation)
    {
        while ((await api.HealthAsync(cancellation)).GetProperty("model").GetProperty("serving").ValueKind != JsonValueKind.String)
        {
            await Task.Delay(50, cancellation);
        }
    }

    // The item that leads the list is done with; the first list without it is the first that knows.
    async Task<double?> FreshnessOfOneEventAsync(string user, CancellationToken cancellation)
    {
        var leader = First(await api.RecommendAsync(user, 10, isShown: false, cancellation));
        if (leader is null)
        {
            return null;
        }

        await api.SendEventAsync(user, leader, cancellation);
        var accepted = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(accepted) < FreshnessLimit)
        {
            if (First(await api.RecommendAsync(user, 10, isShown: false, cancellation)) != leader)
            {
                return Stopwatch.GetElapsedTime(accepted).TotalMilliseconds;
            }
        }

        throw new InvalidOperationException($"{FreshnessLimit.TotalSeconds:F0} s after it was accepted, user '{user}' still saw no trace of an event.");

        static string? First(JsonElement slate) =>
            slate.GetProperty("items") is var items && items.GetArrayLength() > 0 ? items[0].GetProperty("itemId").GetString() : null;
    }

    async Task ShowAsync(string user, CancellationToken cancellation)
    {
        var history = await api.UserAsync(user, 5, cancellation);
        var slate = await api.RecommendAsync(user, 5, isShown: false, cancellation);
        Say.Line($"what {user} did last, newest first:");
        foreach (var interaction in history.GetProperty("interactions").EnumerateArray())
        {
            Say.Detail($"  {await api.TitleAsync(interaction.GetProperty("itemId").GetString()!, cancellation)}");
        }

        Say.Line("and what the model would show next:");
        foreach (var item in slate.GetProperty("items").EnumerateArray())
        {
            var title = item.TryGetProperty("title", out var known) ? known : item.GetProperty("itemId");
            Say.Detail($"  {item.GetProperty("rank").GetInt32()}. {title.GetString()}");
        }
    }
}
