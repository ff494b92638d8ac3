namespace SasRec.Core.Events;

/// <summary>A slate with everything that named it since, in any order.</summary>
/// <param name="Impression">The slate.</param>
/// <param name="Events">Sightings and interactions, each event once.</param>
/// <param name="Shadow">What a model that showed nothing made of it; null where there was none.</param>
public sealed record ServedSlate(Impression Impression, IReadOnlyList<SlateEvent> Events, SlateShadow? Shadow = null);

/// <summary>What of an event the ledger keeps beside a slate: enough to join it, and nothing that names a user.</summary>
/// <param name="ItemId">The item; of the slate or not.</param>
/// <param name="Type">What was done; <see cref="Sighting.Type"/> for a sighting.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Value">A rating, a dwell time; null where the event has none.</param>
public sealed record SlateEvent(string ItemId, string Type, DateTimeOffset At, double? Value = null);
