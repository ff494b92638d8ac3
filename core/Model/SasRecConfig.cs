using static SasRec.Core.OptionRange;

namespace SasRec.Core.Model;

/// <summary>The shape of a SASRec network (Kang and McAuley, 2018).</summary>
public sealed record SasRecConfig
{
    /// <summary>D: the width of embeddings and of every layer, 8 to 1,024, a multiple of <see cref="Heads"/>.</summary>
    public int Width { get; init; } = 64;

    /// <summary>How many attention blocks are stacked, 1 to 16.</summary>
    public int Blocks { get; init; } = 2;

    /// <summary>How many heads share the width, 1 to 64.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>T: how many of a user's newest interactions the network sees, 2 to 4,096.</summary>
    public int MaxLength { get; init; } = 50;

    /// <summary>Returns this configuration if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public SasRecConfig Validated()
    {
        Require(nameof(Width), Width, 8, 1024);
        Require(nameof(Blocks), Blocks, 1, 16);
        Require(nameof(Heads), Heads, 1, 64);
        Require(nameof(MaxLength), MaxLength, 2, 4096);
        if (Width % Heads != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(Width), Width, $"Width must be a multiple of Heads ({Heads}).");
        }

        return this;
    }
}
