namespace SasRec.Trainer.Import;

/// <summary>Where an import sends its requests.</summary>
/// <param name="Method">PUT or POST; both may be repeated.</param>
/// <param name="Path">Below the host's address.</param>
/// <param name="Noun">What is sent, as the body and messages name it.</param>
sealed record ImportTarget(HttpMethod Method, string Path, string Noun)
{
    /// <summary>Interactions, each with an id, so that one sent twice counts once.</summary>
    public static ImportTarget Events { get; } = new(HttpMethod.Post, "api/events", "events");

    /// <summary>Items, each in the place of the one with its id.</summary>
    public static ImportTarget Items { get; } = new(HttpMethod.Put, "api/items", "items");
}
