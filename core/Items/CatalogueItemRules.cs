using System.Buffers;
using System.Globalization;
using SasRec.Core.Events;

namespace SasRec.Core.Items;

/// <summary>What makes an item of the catalogue acceptable: the rules that the API and imports share.</summary>
public static class CatalogueItemRules
{
    /// <summary>The longest title, in UTF-16 code units.</summary>
    public const int MaxTitleLength = 512;

    /// <summary>The most categories of an item; each is a label of 1 to 64 UTF-16 code units.</summary>
    public const int MaxCategories = 16;

    /// <summary>The longest address of a picture, in UTF-16 code units.</summary>
    public const int MaxUrlLength = 2048;

    /// <summary>The most attributes of an item.</summary>
    public const int MaxAttributes = 64;

    /// <summary>The longest attributes, in bytes of JSON as they are kept.</summary>
    public const int MaxAttributesBytes = 4096;

    // What would end an attribute, a CSS url() or a header if somebody put the address there unescaped.
    static readonly SearchValues<char> NotInUrls = SearchValues.Create("\"'<>()\\^`{|}");

    /// <summary>The earliest time of publication or expiry: 1970-01-01, UTC.</summary>
    public static DateTimeOffset EarliestTime => DateTimeOffset.UnixEpoch;

    /// <summary>The latest time of publication or expiry: 9999-12-31, UTC.</summary>
    public static DateTimeOffset LatestTime { get; } = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Whether a text has anything to read: one character at least that is no white space, control or mark of format.</summary>
    public static bool IsReadable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Any(c => !char.IsWhiteSpace(c)
            && char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
            && c is not ('\u115F' or '\u1160' or '\u3164' or '\uFFA0' or '\u2800'));
    }

    /// <summary>Whether a text can be the address of a picture: absolute, http or https, at most 2,048 units, without spaces, controls,
    /// quotes, brackets or a password.</summary>
    public static bool IsImageUrl(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= MaxUrlLength
            && !text.AsSpan().ContainsAny(NotInUrls)
            && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            && InteractionRules.IsWellFormed(text)
            && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
            && uri.Host.Length > 0
            && uri.UserInfo.Length == 0;
    }
}
