using System.Globalization;

namespace SasRec.Bench.Serve;

/// <summary>One size, length of history and number of connections.</summary>
/// <param name="Items">V.</param>
/// <param name="History">Interactions of each user.</param>
/// <param name="Connections">How many ask at once.</param>
/// <param name="Logged">Whether impressions are stored; else the requests are previews.</param>
/// <param name="BareMs">ONNX Runtime alone on one thread, median.</param>
/// <param name="HostCpuMs">Processor time of worker and development host a request; the queue's function included.</param>
/// <param name="WorkerCpuMs">The worker's part: what runs in Azure as the app.</param>
/// <param name="EmulatorCpuMs">Processor time of the storage emulator a request.</param>
/// <param name="RequestsPerSecond">Answers a second.</param>
/// <param name="P50Ms">Median, seen by the client.</param>
/// <param name="P99Ms">99th percentile.</param>
sealed record ServePoint(
    int Items,
    int History,
    int Connections,
    bool Logged,
    double BareMs,
    double HostCpuMs,
    double WorkerCpuMs,
    double EmulatorCpuMs,
    double RequestsPerSecond,
    double P50Ms,
    double P99Ms)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"  {Items,9:N0} items {History,4} actions {Connections,3} connections {(Logged ? "logged " : "preview")}: {RequestsPerSecond,6:0} requests/s, p50 {P50Ms,6:0.0} ms, p99 {P99Ms,6:0.0} ms; processor ms a request: network alone {BareMs:0.00}, worker {WorkerCpuMs:0.00}, worker and host {HostCpuMs:0.00}, emulator {EmulatorCpuMs:0.00}");
}

/// <summary>What a request costs, and how many there can be.</summary>
/// <param name="Points">Every size, history and number of connections.</param>
/// <param name="RequestsPerSecond">25,000 items, history of 50, 8 connections, impressions logged, the emulator beside it.</param>
/// <param name="HostCpuRatio">There: <see cref="ServePoint.HostCpuMs"/> by twice <see cref="ServePoint.BareMs"/> and half a millisecond. At
/// most 1 is wanted.</param>
/// <param name="MillionP99Ms">The largest catalogue, history of 50, one connection: 99th percentile.</param>
/// <param name="MillionMegabytes">There: the most memory that the worker had, loading included.</param>
sealed record ServeResult(
    IReadOnlyList<ServePoint> Points, double RequestsPerSecond, double HostCpuRatio, double MillionP99Ms, double MillionMegabytes);
