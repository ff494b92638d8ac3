using SasRec.Core.Options;

namespace SasRec.Functions.Page;

/// <summary>What the page may do.</summary>
[Section("Page")]
sealed record PageOptions
{
    /// <summary>The hosts that the page may load pictures of items from, separated by commas: images.example.com, *.example.net. Empty for none: then
    /// the page asks no other host for anything.</summary>
    [Pattern(@"^\s*(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d+)?(\s*,\s*(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d+)?)*\s*$", "names of hosts, separated by commas")]
    public string ImageHosts { get; init; } = "";

    /// <summary>The hosts one by one.</summary>
    public IReadOnlyList<string> Hosts() => ImageHosts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
