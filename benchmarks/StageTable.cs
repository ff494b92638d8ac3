using System.Diagnostics;
using System.Globalization;
using SasRec.Storage.Telemetry;

namespace SasRec.Bench;

/// <summary>One stage of a run.</summary>
/// <param name="Name">The name of its spans; of a step within a phase, the phase's name stands before it.</param>
/// <param name="Seconds">Wall time, of all its spans.</param>
/// <param name="CpuSeconds">Processor time of this process meanwhile; what is missing to the wall time by all cores was waited.</param>
/// <param name="LiveBytes">The managed memory in use when its last span ended; what is garbage by then is in it.</param>
/// <param name="PeakBytes">The most memory of the process up to then.</param>
sealed record Stage(string Name, double Seconds, double CpuSeconds, long LiveBytes, long PeakBytes);

/// <summary>Listens to the spans of a run: its phases, and the steps within them.</summary>
sealed class StageTable : IDisposable
{
    readonly ActivityListener listener;
    readonly Lock gate = new();
    readonly List<Stage> stages = [];
    readonly Dictionary<ActivitySpanId, TimeSpan> begun = [];

    public StageTable()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Instruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => Begin(activity),
            ActivityStopped = activity => End(activity),
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>The stages in the order in which they first ended.</summary>
    public IReadOnlyList<Stage> Stages
    {
        get
        {
            lock (gate)
            {
                return [.. stages];
            }
        }
    }

    /// <summary>Adds what has no span.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="seconds">Wall time.</param>
    /// <param name="cpuSeconds">Processor time.</param>
    public void Add(string name, double seconds, double cpuSeconds)
    {
        lock (gate)
        {
            var place = stages.FindIndex(stage => stage.Name == name);
            var (wall, cpu) = place < 0 ? (0, 0) : (stages[place].Seconds, stages[place].CpuSeconds);
            var now = new Stage(name, wall + seconds, cpu + cpuSeconds, GC.GetTotalMemory(forceFullCollection: false), Process.GetCurrentProcess().PeakWorkingSet64);
            if (place < 0)
            {
                stages.Add(now);
            }
            else
            {
                stages[place] = now;
            }
        }
    }

    /// <summary>The stages as lines for people.</summary>
    public static string ToText(IReadOnlyList<Stage> stages) => string.Join('\n', stages.Select(stage => string.Create(
        CultureInfo.InvariantCulture,
        $"  {stage.Name,-40} {stage.Seconds,8:0.0} s, {stage.CpuSeconds,8:0.0} s processor, {stage.LiveBytes / 1e6,6:N0} MB in use, peak {stage.PeakBytes / 1e6,6:N0} MB")));

    public void Dispose() => listener.Dispose();

    // Spans of single messages and rows have a kind of their own.
    static bool IsStage(Activity activity) => activity.Kind == ActivityKind.Internal && activity.OperationName != Spans.Run;

    void Begin(Activity activity)
    {
        if (IsStage(activity))
        {
            lock (gate)
            {
                begun[activity.SpanId] = Environment.CpuUsage.TotalTime;
            }
        }
    }

    void End(Activity activity)
    {
        if (!IsStage(activity))
        {
            return;
        }

        TimeSpan since;
        lock (gate)
        {
            begun.Remove(activity.SpanId, out since);
        }

        var above = activity.Parent is { OperationName: not Spans.Run } phase ? $"{phase.OperationName}: " : "";
        Add(above + activity.OperationName, activity.Duration.TotalSeconds, (Environment.CpuUsage.TotalTime - since).TotalSeconds);
    }
}
