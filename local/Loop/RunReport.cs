using System.Globalization;
using System.Text.Json;

namespace SasRec.Loop;

/// <summary>The last line of ./run --once: what came in, what the model is worth, and how fast it answers.</summary>
sealed record RunReport
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public required int Events { get; init; }
    public required int Users { get; init; }
    public required int Items { get; init; }
    public required string ModelVersion { get; init; }
    public required string Protocol { get; init; }
    public required double Hr10 { get; init; }
    public required double Ndcg10 { get; init; }
    public required double ServedNdcg10 { get; init; }
    public required double ServedHr10 { get; init; }
    public required double PopularityNdcg10 { get; init; }
    public required double RecommendP50Ms { get; init; }
    public required double RecommendP99Ms { get; init; }

    /// <summary>From the 202 of an event to the first recommendation that reflects it: the median of several.</summary>
    public required double? FreshnessMs { get; init; }
    public required double? FreshnessMaxMs { get; init; }

    /// <summary>How often a process ended unasked and was started again.</summary>
    public required int Restarts { get; init; }

    /// <summary>Wall time by stage.</summary>
    public required StageSeconds Seconds { get; init; }

    /// <summary>The same for a person.</summary>
    public void Tell()
    {
        Say.Line(string.Create(CultureInfo.InvariantCulture, $"NDCG@10 {Ndcg10:F4} against {PopularityNdcg10:F4} of the most popular, HR@10 {Hr10:F4}, served at the default exploration {ServedNdcg10:F4} and {ServedHr10:F4} (last action held out, ranked among all items)"));
        Say.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"a recommendation takes {RecommendP50Ms:F1} ms (p99 {RecommendP99Ms:F1})"));
        if (FreshnessMs is { } fresh)
        {
            Say.Line(string.Create(CultureInfo.InvariantCulture, $"an event shows in the next one after {fresh:F0} ms (at most {FreshnessMaxMs:F0})"));
        }

        Say.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{Seconds.Total:F0} s in all: install {Seconds.Install:F0}, build {Seconds.Build:F0}, start {Seconds.Start:F0}, import {Seconds.Import:F0}, train {Seconds.Train:F0}, serve {Seconds.Serve:F0}"));
    }

    public override string ToString() => JsonSerializer.Serialize(this, Json);
}

/// <summary>Wall time of each stage, in seconds.</summary>
sealed record StageSeconds(double Install, double Build, double Start, double Import, double Train, double Serve, double Total);
