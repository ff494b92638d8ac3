namespace Azure.Data.Tables.Models;

/// <summary>A table, as the service lists it.</summary>
/// <param name="name">The table's name.</param>
public class TableItem(string name)
{
    /// <summary>The table's name.</summary>
    public string Name { get; } = name;
}
