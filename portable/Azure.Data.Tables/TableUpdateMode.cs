namespace Azure.Data.Tables;

/// <summary>What becomes of the stored properties that an update does not name.</summary>
public enum TableUpdateMode
{
    /// <summary>They stay.</summary>
    Merge = 0,

    /// <summary>They go: the entity is exactly what was sent.</summary>
    Replace = 1,
}
