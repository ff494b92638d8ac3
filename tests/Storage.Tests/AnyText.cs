using FsCheck;
using FsCheck.Fluent;

namespace SasRec.Storage.Tests;

/// <summary>Any UTF-16 that is well-formed, mostly of characters that tables, addresses and filters treat specially: what an id may be.</summary>
public sealed record AnyText(string Value)
{
    public override string ToString() => string.Join(' ', Value.Select(c => ((int)c).ToString("x4")));
}

/// <summary>Generates texts of 1 to 256 UTF-16 units.</summary>
public static class AnyTexts
{
    static readonly Gen<string> Piece = Gen.OneOf(
        Gen.Elements("/", "\\", "#", "?", "%", "+", "'", "~", "~~", "~0041", "%2F", ".", "..", " ", "\0", "\t", "\u0085", "e\u0301", "\u2028", "-", "_"),
        Gen.Choose('a', 'z').Select(c => ((char)c).ToString()),
        Gen.Choose(0x80, 0xD7FF).Select(c => ((char)c).ToString()),
        Gen.Choose(0x10000, 0x10FFFF).Select(char.ConvertFromUtf32),
        Gen.Constant("😀/").Select(text => string.Concat(Enumerable.Repeat(text, 80))));

    public static Arbitrary<AnyText> Texts() => Arb.From(
        Piece.NonEmptyListOf().Select(pieces => Cut(string.Concat(pieces))).Select(text => new AnyText(text)));

    static string Cut(string text) => text.Length <= 256 ? text : char.IsHighSurrogate(text[255]) ? text[..255] : text[..256];
}
