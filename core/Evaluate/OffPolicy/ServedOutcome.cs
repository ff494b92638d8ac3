using SasRec.Core.Events;

namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>One slot of one slate with what became of it.</summary>
/// <param name="Impression">The slate.</param>
/// <param name="Item">The slot.</param>
/// <param name="Interacted">Whether the user acted on the item and named the slate.</param>
public sealed record ServedOutcome(Impression Impression, ServedItem Item, bool Interacted);
