namespace SasRec.Trainer.Files;

/// <summary>One interaction as it stands in a file.</summary>
/// <param name="Line">The line on which it begins, 1 for the first.</param>
/// <param name="UserId">Who acted.</param>
/// <param name="ItemId">What they acted on.</param>
/// <param name="Time">When; null where the file has no times.</param>
/// <param name="Type">What they did; null where the file does not say.</param>
/// <param name="Source">Where it came from; null where the file does not say.</param>
/// <param name="Value">A rating or the like; null where the file does not say.</param>
/// <param name="EventId">The event's own id; null where the file has none.</param>
public sealed record FileInteraction(
    long Line, string UserId, string ItemId, DateTimeOffset? Time = null, string? Type = null, string? Source = null, double? Value = null,
    string? EventId = null);
