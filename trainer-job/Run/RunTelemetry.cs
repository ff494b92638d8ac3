using System.Diagnostics;
using SasRec.Storage.Telemetry;
using SasRec.Storage.Training;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Run;

/// <summary>What is told of a run.</summary>
static class RunTelemetry
{
    /// <summary>The span of a run, in the trace of what started it; null where nobody listens.</summary>
    public static Activity? Start(string? traceParent, string runId, string trigger, string space) => Instruments.Source
        .StartActivity(Spans.Run, ActivityKind.Internal, TraceLink.Parse(traceParent))?
        .SetTag(Attributes.RunId, runId)
        .SetTag(Attributes.Trigger, trigger)
        .SetTag(Attributes.Space, space.Length > 0 ? space : null);

    /// <summary>How training goes.</summary>
    public static void Progress(TrainingProgress progress)
    {
        Instruments.TrainingRate.Record(progress.PositionsPerSecond);
        Instruments.TrainingLoss.Record(progress.Loss);
        if (progress.Metric is { } metric)
        {
            Instruments.TrainingMetric.Record(metric);
        }
    }

    /// <summary>What the run came to.</summary>
    public static void Ended(RunRecord run)
    {
        KeyValuePair<string, object?> outcome = new(Attributes.Outcome, run.Outcome.ToString());
        Instruments.RunDuration.Record((run.FinishedAt!.Value - run.StartedAt).TotalSeconds, outcome);
        if (run.Verdict is { } verdict)
        {
            Instruments.GateVerdicts.Add(1, new KeyValuePair<string, object?>(Attributes.Passed, verdict.Passed));
            Instruments.GateRegressions.Add(verdict.Regression is null ? 0 : 1);
        }

        Activity.Current?.SetTag(outcome.Key, outcome.Value).SetTag(Attributes.ModelVersion, run.ModelVersion);
        if (run.Outcome == RunOutcome.Failed)
        {
            Activity.Current?.SetStatus(ActivityStatusCode.Error);
        }
    }
}
