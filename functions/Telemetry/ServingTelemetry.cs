using System.Diagnostics;
using SasRec.Functions.Serve;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Telemetry;

/// <summary>What is told of a slate.</summary>
static class ServingTelemetry
{
    /// <summary>A slate was drawn: counted, and its span names the model and leads to the run that made it.</summary>
    public static void Drawn(ServedModel model, string source)
    {
        KeyValuePair<string, object?> from = new(Attributes.Source, source), version = new(Attributes.ModelVersion, model.Version);
        Instruments.SlatesServed.Add(1, from, version);
        if (Activity.Current is { IsAllDataRequested: true } span && span.Source == Instruments.Source)
        {
            span.SetTag(from.Key, from.Value).SetTag(version.Key, version.Value).LinkTo(model.Manifest.TraceParent);
        }
    }
}
