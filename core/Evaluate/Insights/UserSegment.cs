namespace SasRec.Core.Evaluate.Insights;

/// <summary>Users by how much was known of them when they were served.</summary>
public static class UserSegment
{
    /// <summary>No interaction that the model knows.</summary>
    public const string Cold = "cold";

    /// <summary>1 to 9 interactions.</summary>
    public const string Light = "light";

    /// <summary>10 interactions and more.</summary>
    public const string Heavy = "heavy";

    /// <summary>The slate was logged without it.</summary>
    public const string Unknown = "unknown";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Cold, Light, Heavy, Unknown];

    /// <summary>The segment of a history.</summary>
    /// <param name="historyCount">Its length; null where it was not logged.</param>
    public static string Of(int? historyCount) => historyCount switch
    {
        null => Unknown,
        <= 0 => Cold,
        < 10 => Light,
        _ => Heavy,
    };
}
