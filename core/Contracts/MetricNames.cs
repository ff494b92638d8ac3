using System.Globalization;

namespace SasRec.Core.Contracts;

/// <summary>The names of metrics and baselines, as manifests, run records and the API carry them.</summary>
public static class MetricNames
{
    /// <summary>The cutoff that decides: models are chosen, compared and shown by NDCG@10.</summary>
    public const int K = 10;

    /// <summary>The mean reciprocal rank.</summary>
    public const string Mrr = "mrr";

    /// <summary>The baseline that ranks items by all their actions.</summary>
    public const string Popularity = "popularity";

    /// <summary>The baseline that ranks items by their actions of the last 7 days.</summary>
    public const string RecentPopularity = "popularity-7d";

    /// <summary>The baseline that ranks items by their actions of the last 30 days.</summary>
    public const string MonthPopularity = "popularity-30d";

    /// <summary>The baseline that ranks items by the counts of item pairs alone.</summary>
    public const string Neighbours = "neighbours";

    /// <summary>"ndcg@10": the normalised discounted cumulative gain of the first k.</summary>
    /// <param name="k">The cutoff.</param>
    public static string Ndcg(int k = K) => At("ndcg", k);

    /// <summary>"hr@10": the share of cases with the target among the first k.</summary>
    /// <param name="k">The cutoff.</param>
    public static string HitRate(int k = K) => At("hr", k);

    /// <summary>"coverage@10": the share of items among the first k of at least one case.</summary>
    /// <param name="k">The cutoff.</param>
    public static string Coverage(int k = K) => At("coverage", k);

    /// <summary>"sampled100:hr@10": a metric of rankings against sampled negatives.</summary>
    /// <param name="negatives">How many.</param>
    /// <param name="metric">The metric's own name.</param>
    public static string Sampled(int negatives, string metric) =>
        string.Create(CultureInfo.InvariantCulture, $"sampled{negatives}:{metric}");

    /// <summary>"refit:ndcg@10": a metric of the model that was trained further on all but the last action.</summary>
    /// <param name="metric">The metric's own name.</param>
    public static string Refit(string metric) => "refit:" + metric;

    /// <summary>"served:ndcg@10": a metric of the slates that the default exploration serves.</summary>
    /// <param name="metric">The metric's own name.</param>
    public static string Served(string metric) => "served:" + metric;

    /// <summary>"popularity:ndcg@10": a baseline's metric beside those of the model.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="metric">The metric's own name.</param>
    public static string OfBaseline(string baseline, string metric) => $"{baseline}:{metric}";

    static string At(string name, int k) => string.Create(CultureInfo.InvariantCulture, $"{name}@{k}");
}
