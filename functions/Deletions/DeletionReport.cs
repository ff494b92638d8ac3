using System.Text.Json.Serialization;
using SasRec.Functions.Http;
using SasRec.Storage.Deletions;

namespace SasRec.Functions.Deletions;

/// <summary>How far a deletion has come. Nothing in it names the user.</summary>
/// <param name="DeletionId">Its id.</param>
/// <param name="State">"under way"; "complete" once nothing is left.</param>
/// <param name="RequestedAt">When it was asked for.</param>
/// <param name="CompletedAt">When nothing was left.</param>
/// <param name="History">The user's interactions.</param>
/// <param name="Impressions">The user's name on slates.</param>
/// <param name="Messages">What was on its way, failed messages included.</param>
/// <param name="Snapshot">What models are trained on; done by the next run of the trainer.</param>
/// <param name="Backups">Replaced copies of it that can be restored.</param>
/// <param name="ModelsTrainedBefore">The models trained on data with the user; null until the snapshot is done.</param>
sealed record DeletionReport(
    string DeletionId,
    string State,
    DateTimeOffset RequestedAt,
    DateTimeOffset? CompletedAt,
    DeletionPart History,
    DeletionPart Impressions,
    DeletionPart Messages,
    DeletionPart Snapshot,
    DeletionPart Backups,
    IReadOnlyList<string>? ModelsTrainedBefore)
{
    public static DeletionReport Of(Deletion deletion, DeletionOptions options) => new(
        deletion.DeletionId,
        deletion.IsComplete ? "complete" : "under way",
        deletion.RequestedAt,
        deletion.CompletedAt,
        Part(deletion.History),
        Part(deletion.Impressions),
        Part(deletion.Messages),
        Part(deletion.Snapshot),
        Part(deletion.Backups) with { DueAt = deletion.Backups.DoneAt ?? deletion.Snapshot.DoneAt + options.Backups },
        deletion.ModelsTrainedBefore);

    static DeletionPart Part(DeletionStep step) => new(step.DoneAt, step.Removed, null);
}

/// <summary>One part of a deletion.</summary>
/// <param name="DoneAt">When it was done; null before.</param>
/// <param name="Removed">How many rows or messages lost something of the user.</param>
/// <param name="DueAt">When it will be done, where that is known.</param>
sealed record DeletionPart(
    DateTimeOffset? DoneAt, int Removed, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? DueAt);

/// <summary>What the deletion endpoint answers.</summary>
[JsonSerializable(typeof(DeletionReport))]
sealed partial class DeletionsJson : JsonSerializerContext
{
    public static DeletionsJson Answers { get; } = new(ApiJson.Options());
}
