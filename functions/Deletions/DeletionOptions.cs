using SasRec.Core.Options;

namespace SasRec.Functions.Deletions;

/// <summary>When a deletion is complete, and how long impressions are kept.</summary>
[Section("Deletions")]
sealed record DeletionOptions
{
    /// <summary>How long a replaced blob can still be restored, as the storage account is set up: a deletion is complete after that.</summary>
    [Range("00:00:00", "400.00:00:00")]
    public TimeSpan Backups { get; init; }

    /// <summary>How long impressions are kept, with what named them; 0 keeps them for ever.</summary>
    [Range("00:00:00", "3650.00:00:00")]
    public TimeSpan KeepImpressions { get; init; }
}
