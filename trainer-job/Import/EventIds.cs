using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Import;

/// <summary>The event id of a line of a file: its number and a hash of what it says.</summary>
/// <remarks>
/// The same line of the same file has the same id for ever, so a file that is sent again doubles nothing, and neither do the old lines of
/// a file that has grown. Ids sort in the order of the file, which orders events of the same second.
/// </remarks>
static class EventIds
{
    public static string Of(FileInteraction interaction)
    {
        var said = string.Join(
            '\0',
            interaction.UserId,
            interaction.ItemId,
            interaction.Time?.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            interaction.Type);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(said), hash);
        return string.Create(CultureInfo.InvariantCulture, $"file-{interaction.Line:D10}-{BinaryPrimitives.ReadUInt64BigEndian(hash):x16}");
    }
}
