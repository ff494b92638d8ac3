using System.Diagnostics;

namespace SasRec.Storage.Telemetry;

/// <summary>What is told of rows on their way to a table and back.</summary>
static class TableSpans
{
    /// <summary>A span of one call to a table; null where nobody listens.</summary>
    public static Activity? Start(string operation, string table, int? rows = null) => Instruments.Source.HasListeners()
        ? Instruments.Source.StartActivity($"{operation} {table}", ActivityKind.Client)?
            .SetTag(Attributes.DatabaseSystem, Attributes.StorageTable)
            .SetTag(Attributes.Table, table)
            .SetTag(Attributes.BatchCount, rows)
        : null;
}
