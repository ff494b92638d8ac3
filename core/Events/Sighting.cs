namespace SasRec.Core.Events;

/// <summary>
/// The event by which a client says that an item of a slate came before the user's eyes. It is evidence of what was shown, not of what
/// anybody wanted: it is kept with its slate alone, and is never part of a history or of training.
/// </summary>
public static class Sighting
{
    /// <summary>The type of such an event; it must name its slate.</summary>
    public const string Type = "impression-seen";

    /// <summary>Whether an interaction is no interaction but a sighting.</summary>
    /// <param name="interaction">Any event.</param>
    public static bool Is(Interaction interaction)
    {
        ArgumentNullException.ThrowIfNull(interaction);
        return interaction.Type == Type;
    }
}
