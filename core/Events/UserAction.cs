namespace SasRec.Core.Events;

/// <summary>What serving has to know of an interaction: <see cref="EventMeanings"/> says what it means.</summary>
/// <param name="ItemId">The item.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Value">Its value; null for none.</param>
public readonly record struct UserAction(string ItemId, string Type, double? Value);
