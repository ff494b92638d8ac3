using SasRec.Core.Response;
using SasRec.Storage.Models;

namespace SasRec.Functions.Models;

/// <summary>What was published and what serves.</summary>
/// <param name="Current">The version that the pointer names; null for none.</param>
/// <param name="Shadow">The version that scores live traffic and shows nothing; null for none.</param>
/// <param name="Models">Newest first.</param>
/// <param name="History">How the pointer moved, newest first.</param>
sealed record ModelList(string? Current, string? Shadow, IReadOnlyList<ModelSummary> Models, IReadOnlyList<ModelMove> History)
{
    public static ModelList Of(ModelPointer? pointer, string? shadow, IReadOnlyList<ModelManifest> models)
    {
        var history = pointer?.History ?? [];
        return new ModelList(pointer?.Version, shadow, [.. models.Select(model => ModelSummary.Of(model, history))], history);
    }
}

/// <summary>One published model.</summary>
/// <param name="Version">Its version.</param>
/// <param name="CreatedAt">When it was published.</param>
/// <param name="ParentVersion">The model that served when it was judged; null for the first.</param>
/// <param name="Data">What it was trained on.</param>
/// <param name="Bytes">The size of all its files.</param>
/// <param name="Protocol">How it was measured, in words.</param>
/// <param name="Metrics">What was measured.</param>
/// <param name="Baselines">The same of each baseline.</param>
/// <param name="Verdict">What the gate said, with its figures, and who overrode it; null where no gate was asked.</param>
/// <param name="Served">When it was current, newest first.</param>
/// <param name="Response">What became of its response model; null where no log was read for it.</param>
sealed record ModelSummary(
    string Version,
    DateTimeOffset CreatedAt,
    string? ParentVersion,
    DataRange Data,
    long Bytes,
    string Protocol,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baselines,
    GateVerdict? Verdict,
    IReadOnlyList<ModelSpan> Served,
    ResponseSummary? Response)
{
    public static ModelSummary Of(ModelManifest manifest, IReadOnlyList<ModelMove> history) => new(
        manifest.Version,
        manifest.CreatedAt,
        manifest.ParentVersion,
        manifest.Data,
        manifest.Files.Values.Sum(file => file.Bytes),
        manifest.Protocol,
        manifest.Metrics,
        manifest.Baselines,
        manifest.Verdict,
        ModelSpan.Of(manifest.Version, history),
        manifest.Response);
}

/// <summary>A time during which a model was current.</summary>
/// <param name="From">When it began.</param>
/// <param name="Until">When another took its place; null where none has.</param>
sealed record ModelSpan(DateTimeOffset From, DateTimeOffset? Until)
{
    /// <summary>The spans of a version, newest first. A move to the version that is current already begins no new one.</summary>
    public static IReadOnlyList<ModelSpan> Of(string version, IReadOnlyList<ModelMove> history)
    {
        var spans = new List<ModelSpan>();
        DateTimeOffset? until = null;
        foreach (var move in history)
        {
            if (move.Version == version && move.Previous != version)
            {
                spans.Add(new ModelSpan(move.At, until));
            }

            until = move.Version == move.Previous ? until : move.At;
        }

        return spans;
    }
}
