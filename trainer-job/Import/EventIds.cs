using System.Globalization;
using System.Runtime.InteropServices;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Import;

/// <summary>The ids of a file's events: the file's own, or a hash of what the line says and how many lines said the same before it.</summary>
/// <remarks>
/// An id depends on what happened and not on where it stands, so a file that is sent again doubles nothing: nor does one that has grown at its
/// end or its beginning, or that holds a later window of time. Equal lines stay several events. Costs some 40 bytes a line.
/// </remarks>
sealed class EventIds
{
    readonly Dictionary<UInt128, int> seen = [];

    /// <summary>The id of the next interaction of the file; each must be asked for once, in order.</summary>
    public string Next(FileInteraction interaction)
    {
        if (interaction.EventId is { } own)
        {
            return own;
        }

        var content = ContentHash.Of(
            interaction.UserId, interaction.ItemId, interaction.Time?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), interaction.Type);
        ref var before = ref CollectionsMarshal.GetValueRefOrAddDefault(seen, content, out _);
        return string.Create(CultureInfo.InvariantCulture, $"file-{content:x32}-{before++}");
    }
}
