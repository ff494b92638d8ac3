using SasRec.Storage.Models;

namespace SasRec.Functions.Models;

/// <summary>What was published and what serves.</summary>
/// <param name="Current">The version that the pointer names; null for none.</param>
/// <param name="Models">Newest first.</param>
/// <param name="History">How the pointer moved, newest first.</param>
sealed record ModelList(string? Current, IReadOnlyList<ModelSummary> Models, IReadOnlyList<ModelMove> History);

/// <summary>One published model.</summary>
sealed record ModelSummary(
    string Version,
    DateTimeOffset CreatedAt,
    string? ParentVersion,
    DataRange Data,
    string Protocol,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baselines,
    GateVerdict? Verdict)
{
    public static ModelSummary Of(ModelManifest manifest) => new(
        manifest.Version,
        manifest.CreatedAt,
        manifest.ParentVersion,
        manifest.Data,
        manifest.Protocol,
        manifest.Metrics,
        manifest.Baselines,
        manifest.Verdict);
}
