using SasRec.Core;

namespace SasRec.Functions.Items;

/// <summary>How the catalogue is written and followed: section <c>Items</c> of the settings.</summary>
public sealed record ItemOptions
{
    /// <summary>The most items in one request, 1 to 1,000.</summary>
    public int MaxItems { get; init; } = 1000;

    /// <summary>The largest body of one request in bytes, 1,024 to 64 MiB. The default holds 1,000 items of 16 KiB.</summary>
    public int MaxBodyBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How often an instance asks what changed in the catalogue, 0.1 s to 5 min.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>After how long an instance reads the whole catalogue again, 1 min to 7 days.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the first requests of an instance wait for the catalogue to be read, 0 to 60 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public ItemOptions Validated()
    {
        OptionRange.Require("Items__MaxItems", MaxItems, 1, 1000);
        OptionRange.Require("Items__MaxBodyBytes", MaxBodyBytes, 1024, 64 * 1024 * 1024);
        OptionRange.Require("Items__PollInterval", PollInterval, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(5));
        OptionRange.Require("Items__ReloadInterval", ReloadInterval, TimeSpan.FromMinutes(1), TimeSpan.FromDays(7));
        OptionRange.Require("Items__StartTimeout", StartTimeout, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        return this;
    }
}
