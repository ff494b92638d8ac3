using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;
using SasRec.Storage.Models;
using SasRec.Trainer.Fit;

namespace SasRec.Trainer.Publish;

/// <summary>Puts together what a model's manifest says.</summary>
static class Manifests
{
    /// <summary>What a dataset holds.</summary>
    public static DataRange RangeOf(InteractionDataset data)
    {
        var range = data.Sequences.TimeRange();
        return new DataRange(
            range is var (from, _) ? DateTimeOffset.FromUnixTimeMilliseconds(from) : null,
            range is var (_, to) ? DateTimeOffset.FromUnixTimeMilliseconds(to) : null,
            data.Sequences.InteractionCount,
            data.Sequences.UserCount,
            data.Sequences.ItemCount);
    }

    /// <summary>What of the log is left out at the front of histories, as a manifest's training says it.</summary>
    public static IReadOnlyDictionary<string, string> Shortening(DatasetOptions dataset) => new Dictionary<string, string>
    {
        ["newest"] = dataset.Newest.ToString(CultureInfo.InvariantCulture),
        ["windowDays"] = dataset.WindowDays.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>A number of a manifest's training; null where it has none of this name.</summary>
    public static double? NumberOf(ModelManifest? manifest, string key) =>
        manifest?.Training.GetValueOrDefault(key) is { } text
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>The manifest of a model, without version and files.</summary>
    public static ModelManifest Of(
        InteractionDataset data,
        DatasetOptions dataset,
        TrainingPlan plan,
        MeasuredModel strict,
        RankingReport? refit,
        GateDecision decision,
        string trainedOn,
        string? parent,
        ModelLineage? lineage = null) => new()
        {
            FormatVersion = ModelManifest.KnownFormat,
            ProducerVersion = ProductVersion.Text,
            Config = plan.Config,
            Data = RangeOf(data),
            Protocol = "Leave-one-out, full ranking. "
                + "Strict: the last action is the test, the one before it chose the epoch, the rest trained. "
                + $"Metrics named {MetricNames.Refit("*")} are of that model after further training on all but the last action. "
                + $"Metrics named {MetricNames.Served("*")} are of the slates that the default exploration serves, drawn by the strict model. "
                + $"This model was trained on {trainedOn}."
                + (plan.PriorStrength > 0 ? " To its scores the demand of the last 30 days is added, which these metrics are without." : ""),
            Exploration = strict.Exploration,
            Metrics = strict.Report.Metrics
                .Concat(ServedMetrics(strict))
                .Concat((refit?.Metrics ?? new Dictionary<string, double>()).Select(m => KeyValuePair.Create(MetricNames.Refit(m.Key), m.Value)))
                .ToDictionary(),
            Baselines = strict.Baselines.ToDictionary(b => b.Key, b => b.Value.Metrics),
            Verdict = new GateVerdict(decision.Passed, decision.Reasons, decision.Figures) { Regression = decision.Regression },
            ParentVersion = parent,
            Lineage = lineage,
            Training = new Dictionary<string, string>(plan.Describe(strict.Training.BestEpoch).Concat(Shortening(dataset)))
            {
                ["correction"] = data.Sequences.HasWeights ? "propensity" : "none",
            },
        };

    /// <summary>The metrics of what is served at the default exploration: the greedy metrics of the same test times the shares kept.</summary>
    static IEnumerable<KeyValuePair<string, double>> ServedMetrics(MeasuredModel strict) => strict.Served is not { } served
        ? []
        :
        [
            KeyValuePair.Create(MetricNames.Served(MetricNames.Ndcg()), strict.Report.Ndcg * served.KeptNdcg),
            KeyValuePair.Create(MetricNames.Served(MetricNames.HitRate()), strict.Report.HitRate * served.KeptHr),
        ];
}
