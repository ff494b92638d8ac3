using SasRec.Core.Options;

namespace SasRec.Core.Model;

/// <summary>The shape of a SASRec network (Kang and McAuley, 2018).</summary>
public sealed record SasRecConfig
{
    /// <summary>D: the width of embeddings and of every layer, a multiple of <see cref="Heads"/>.</summary>
    [Range(8, 1_024), CommandLine("--width", "D: the width of embeddings and layers, a multiple of the heads")]
    public int Width { get; init; } = 64;

    /// <summary>How many attention blocks are stacked.</summary>
    [Range(1, 16), CommandLine("--blocks", "The number of attention blocks", FitsData = true)]
    public int Blocks { get; init; } = 2;

    /// <summary>How many heads share the width.</summary>
    [Range(1, 64), CommandLine("--heads", "The number of attention heads, which share the width")]
    public int Heads { get; init; } = 1;

    /// <summary>T: how many of a user's newest interactions the network sees.</summary>
    [Range(2, 4_096), CommandLine("--max-length", "How many of a user's newest actions the network sees", FitsData = true)]
    public int MaxLength { get; init; } = 50;

    /// <summary>Returns this configuration if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public SasRecConfig Validated()
    {
        OptionRules.Check(this);
        return Width % Heads == 0
            ? this
            : throw new ArgumentOutOfRangeException(nameof(Width), Width, $"Width must be a multiple of Heads ({Heads}).");
    }
}
