namespace SasRec.Trainer.Files;

/// <summary>What a column of a file of interactions means.</summary>
enum FieldRole
{
    /// <summary>Who acted.</summary>
    User,

    /// <summary>What they acted on.</summary>
    Item,

    /// <summary>When.</summary>
    Time,

    /// <summary>What they did.</summary>
    Type,

    /// <summary>Where it came from.</summary>
    Source,

    /// <summary>A rating or the like.</summary>
    Value,

    /// <summary>The event's own id.</summary>
    Id,
}
