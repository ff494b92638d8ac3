using System.Globalization;
using SasRec.Core.Events;

namespace SasRec.Simulator.World;

/// <summary>Interactions as the CSV that the trainer job imports.</summary>
public static class InteractionCsv
{
    /// <summary>Writes a header and a line for each interaction: user,item,timestamp (Unix seconds),type.</summary>
    /// <param name="interactions">In the order to write.</param>
    /// <param name="writer">Left open.</param>
    public static void Write(IEnumerable<Interaction> interactions, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(interactions);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write("user,item,timestamp,type\n");
        foreach (var interaction in interactions)
        {
            var seconds = interaction.Timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            writer.Write($"{Field(interaction.UserId)},{Field(interaction.ItemId)},{seconds},{Field(interaction.Type)}\n");
        }
    }

    // RFC 4180: quoted where a comma, a quote or a line break would be taken for structure.
    static string Field(string value) =>
        value.AsSpan().ContainsAny(",\"\r\n") ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
