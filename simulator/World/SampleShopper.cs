namespace SasRec.Simulator.World;

/// <summary>Somebody of the sample world who goes on shopping.</summary>
/// <param name="UserId">The user's id.</param>
/// <param name="Wishes">The items that the user would take next.</param>
public sealed record SampleShopper(string UserId, IReadOnlySet<string> Wishes);
