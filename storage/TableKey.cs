using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SasRec.Storage;

/// <summary>Ids of any Unicode as table keys. Two ids never have the same key.</summary>
/// <remarks>
/// ASCII letters and digits, '-', '_', '.', and letters and digits of other scripts in the basic plane stand for themselves; every other
/// UTF-16 unit becomes '~' and four hexadecimal digits. That leaves out what the Table service forbids (/ \ # ?, controls), what has a
/// meaning in addresses and filters (% + ' &amp; and the space), and unpaired surrogates.
/// A key that would be longer than <see cref="MaxLength"/> is "~~" and the SHA-256 of the id's UTF-16 units instead: still one key for
/// one id, but no longer readable.
/// </remarks>
public static class TableKey
{
    /// <summary>The longest key that the Table service takes: 1 KiB of UTF-16.</summary>
    public const int MaxLength = 512;

    const char Escape = '~';

    /// <summary>The key of an id.</summary>
    /// <param name="id">1 or more UTF-16 units.</param>
    /// <exception cref="ArgumentException">The id is null or empty.</exception>
    public static string Encode(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        var safe = id.AsSpan().IndexOfAnyExceptInRange('a', 'z') < 0 || id.All(StandsForItself);
        if (safe && id.Length <= MaxLength)
        {
            return id;
        }

        var key = new StringBuilder(id.Length + 32);
        foreach (var c in id)
        {
            if (StandsForItself(c))
            {
                key.Append(c);
            }
            else
            {
                key.Append(Escape).Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
        }

        return key.Length <= MaxLength ? key.ToString() : $"{Escape}{Escape}{Convert.ToHexStringLower(Hash(id))}";
    }

    /// <summary>The id of a key; null where the key keeps only the id's hash.</summary>
    /// <exception cref="FormatException">The key is none that <see cref="Encode"/> makes.</exception>
    public static string? Decode(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (IsHash(key))
        {
            return null;
        }

        var id = new StringBuilder(key.Length);
        for (var i = 0; i < key.Length; i++)
        {
            if (key[i] != Escape)
            {
                id.Append(key[i]);
            }
            else if (i + 4 < key.Length &&
                ushort.TryParse(key.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
            {
                id.Append((char)unit);
                i += 4;
            }
            else
            {
                throw new FormatException($"'{key}' is not a table key: at {i}, '~' must be followed by four hexadecimal digits.");
            }
        }

        return id.ToString();
    }

    /// <summary>Whether a key that <see cref="Encode"/> made keeps only the id's hash.</summary>
    internal static bool IsHash(string key) => key.StartsWith("~~", StringComparison.Ordinal);

    /// <summary>A short name for an id, 32 hexadecimal digits: the first 128 bits of the SHA-256 of its UTF-16 units.</summary>
    internal static string ShortHash(string id) => Convert.ToHexStringLower(Hash(id).AsSpan(0, 16));

    static byte[] Hash(string id) => SHA256.HashData(MemoryMarshal.AsBytes(id.AsSpan()));

    static bool StandsForItself(char c) =>
        char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' || (c >= 0x80 && char.IsLetterOrDigit(c));
}
