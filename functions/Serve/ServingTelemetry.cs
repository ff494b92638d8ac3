using System.Diagnostics;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Serve;

/// <summary>Metrics and span tags of a slate.</summary>
static class ServingTelemetry
{
    /// <summary>Counts a slate; its span names the model and links to the run that trained it.</summary>
    public static void Drawn(LoadedModel model, string recommender)
    {
        KeyValuePair<string, object?> from = new(Attributes.Recommender, recommender), version = new(Attributes.ModelVersion, model.Version);
        Instruments.SlatesServed.Add(1, from, version);
        if (Activity.Current is { IsAllDataRequested: true } span && span.Source == Instruments.Source)
        {
            span.SetTag(from.Key, from.Value).SetTag(version.Key, version.Value).LinkTo(model.Manifest.TraceParent);
        }
    }
}
