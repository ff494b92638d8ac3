namespace Microsoft.Azure.Functions.Worker;

/// <summary>Which key a request has to bring.</summary>
public enum AuthorizationLevel
{
    /// <summary>None.</summary>
    Anonymous = 0,

    /// <summary>A user's token; the local host has none and refuses such a function when it starts.</summary>
    User = 1,

    /// <summary>A function key or the master key.</summary>
    Function = 2,

    /// <summary>The master key; the local host has no system keys.</summary>
    System = 3,

    /// <summary>The master key.</summary>
    Admin = 4,
}
