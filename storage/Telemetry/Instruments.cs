using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SasRec.Storage.Telemetry;

/// <summary>Every measurement and every kind of span that the system makes, each under its one name; docs/telemetry.md has the same table.</summary>
/// <remarks>Names are those of OpenTelemetry's semantic conventions where there is one. No attribute ever holds a user's id, nor anything
/// else that a client chooses freely: a series for each of its values would be kept in memory. Where nobody listens, an instrument
/// costs a comparison and a span is null.</remarks>
public static class Instruments
{
    /// <summary>The name of the source of spans and of the meter.</summary>
    public const string Name = "SasRec";

    static readonly Meter Meter = new(Name);

    /// <summary>Where spans begin.</summary>
    public static ActivitySource Source { get; } = new(Name);

    /// <summary>Messages put into a queue.</summary>
    public static Counter<long> SentMessages { get; } =
        Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Messages put into a queue.");

    /// <summary>How long it took to append one message to the log.</summary>
    public static Histogram<double> ProcessDuration { get; } = Seconds(
        "messaging.process.duration", "How long it took to append one message to the log.", 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30);

    /// <summary>How long after its acceptance an event or impression was in the log.</summary>
    public static Histogram<double> Freshness { get; } = Seconds(
        "sasrec.event.freshness", "From the acceptance of an event to its place in the log.", 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600);

    /// <summary>How long the oldest message of a queue has waited.</summary>
    public static Gauge<double> QueueAge { get; } =
        Meter.CreateGauge<double>("sasrec.queue.age", "s", "How long the oldest message of a queue has waited; 0 where none waits.");

    /// <summary>Messages that failed too often.</summary>
    public static Gauge<long> PoisonMessages { get; } =
        Meter.CreateGauge<long>("sasrec.queue.poison", "{message}", "Messages that failed too often and wait for a replay.");

    /// <summary>Slates that were answered.</summary>
    public static Counter<long> SlatesServed { get; } =
        Meter.CreateCounter<long>("sasrec.slates.served", "{slate}", "Recommendations that were answered.");

    /// <summary>Impressions that could not be kept.</summary>
    public static Counter<long> ImpressionsLost { get; } =
        Meter.CreateCounter<long>("sasrec.impressions.lost", "{impression}", "Slates that were answered without being logged.");

    /// <summary>How old the model that serves is.</summary>
    public static Gauge<double> ModelAge { get; } =
        Meter.CreateGauge<double>("sasrec.model.age", "s", "How long ago the model that serves was made.");

    /// <summary>How fast training goes.</summary>
    public static Gauge<double> TrainingRate { get; } =
        Meter.CreateGauge<double>("sasrec.training.rate", "{position}/s", "Training positions a second, without padding or validation.");

    /// <summary>Recommendations whose history could not be read.</summary>
    public static Counter<long> HistoriesMissed { get; } =
        Meter.CreateCounter<long>("sasrec.histories.missed", "{history}", "Histories that were not read in time, so that the answer was degraded.");

    /// <summary>The mean loss of the current epoch.</summary>
    public static Gauge<double> TrainingLoss { get; } =
        Meter.CreateGauge<double>("sasrec.training.loss", "1", "The mean loss of a position in the current epoch.");

    /// <summary>The newest validation NDCG.</summary>
    public static Gauge<double> TrainingMetric { get; } =
        Meter.CreateGauge<double>("sasrec.training.metric", "1", "NDCG on the validation actions after the newest epoch.");

    /// <summary>How long a retrain run took.</summary>
    public static Histogram<double> RunDuration { get; } = Seconds(
        "sasrec.run.duration", "How long a retrain run took, by its outcome.", 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 14400);

    /// <summary>What the gate said.</summary>
    public static Counter<long> GateVerdicts { get; } =
        Meter.CreateCounter<long>("sasrec.gate.verdicts", "{verdict}", "Models that the gate let through or kept back.");

    /// <summary>What fresher data may hide.</summary>
    public static Counter<long> GateRegressions { get; } =
        Meter.CreateCounter<long>("sasrec.gate.regressions", "{run}", "Runs whose network learned worse than the anchor's from what both know.");

    static Histogram<double> Seconds(string name, string description, params double[] boundaries) =>
        Meter.CreateHistogram(name, "s", description, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}

/// <summary>What spans are called.</summary>
public static class Spans
{
    /// <summary>Events or impressions go into their queue; followed by the queue's name.</summary>
    public const string Send = "send";

    /// <summary>One message of a queue is taken into the log, in the trace of the request that sent it; followed by the queue's name.</summary>
    public const string Process = "process";

    /// <summary>Rows go into a table; followed by the table's name.</summary>
    public const string Append = "append";

    /// <summary>A user's newest rows are read from a table; followed by the table's name.</summary>
    public const string Read = "read";

    /// <summary>History to slate, linked to the run that made the model.</summary>
    public const string Recommend = "recommend";

    /// <summary>An instance fetches a model and lets it serve, linked to the run that made it.</summary>
    public const string LoadModel = "load model";

    /// <summary>The decision whether to train, and the start of the trainer.</summary>
    public const string StartRun = "start retrain";

    /// <summary>The whole of a run, in the trace of what started it; its phases are spans below it.</summary>
    public const string Run = "retrain";
}

/// <summary>What attributes of spans and measurements are called.</summary>
public static class Attributes
{
    /// <summary>messaging.system: always <see cref="StorageQueue"/>.</summary>
    public const string MessagingSystem = "messaging.system";

    /// <summary>The queue's name.</summary>
    public const string Queue = "messaging.destination.name";

    /// <summary>"send" or "process".</summary>
    public const string MessagingOperation = "messaging.operation.type";

    /// <summary>How many events a message, or a call, holds.</summary>
    public const string BatchCount = "messaging.batch.message_count";

    /// <summary>db.system.name: always <see cref="StorageTable"/>.</summary>
    public const string DatabaseSystem = "db.system.name";

    /// <summary>The table's name.</summary>
    public const string Table = "db.collection.name";

    /// <summary>The type of what went wrong; absent where nothing did.</summary>
    public const string ErrorType = "error.type";

    /// <summary>The space; absent in the default one.</summary>
    public const string Space = "sasrec.space";

    /// <summary>The attributes of what is measured in a space; none in the default one.</summary>
    /// <param name="space">The space's name; empty for the default one.</param>
    public static KeyValuePair<string, object?>[] OfSpace(string space) => space is "" ? [] : [new(Space, space)];

    /// <summary>The version of a model.</summary>
    public const string ModelVersion = "sasrec.model.version";

    /// <summary>The recommender of a slate; dashboards know the attribute by the name that the API has for it.</summary>
    public const string Recommender = "sasrec.source";

    /// <summary>The id of a retrain run.</summary>
    public const string RunId = "sasrec.run.id";

    /// <summary>What started a run: "timer", "http", "command line".</summary>
    public const string Trigger = "sasrec.run.trigger";

    /// <summary>How a run ended.</summary>
    public const string Outcome = "sasrec.run.outcome";

    /// <summary>Whether the gate let a model through.</summary>
    public const string Passed = "sasrec.gate.passed";

    /// <summary>The queue service of a storage account.</summary>
    public const string StorageQueue = "azure.storage.queue";

    /// <summary>The table service of a storage account.</summary>
    public const string StorageTable = "azure.storage.table";
}
