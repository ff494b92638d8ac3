using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;
using SasRec.Trainer.Train.Torch;

namespace SasRec.Bench;

/// <summary>A part of a training step.</summary>
/// <param name="Part">Its name.</param>
/// <param name="Share">Of the time of the step.</param>
/// <param name="Gflops">Its matrix products a second, over all threads; null where it has none.</param>
/// <param name="ShareOfPeak">Of the peak of all threads.</param>
sealed record PartRate(string Part, double Share, double? Gflops, double? ShareOfPeak);

/// <summary>How fast training is.</summary>
/// <param name="Data">The file, or what was generated.</param>
/// <param name="Engine">What ran: the CPU engine, or the Torch engine and its device.</param>
/// <param name="Threads">Threads of ours and of the peer.</param>
/// <param name="Width">D.</param>
/// <param name="Blocks">Attention blocks.</param>
/// <param name="MaxLength">T.</param>
/// <param name="Negatives">K.</param>
/// <param name="Loss">The loss.</param>
/// <param name="PositionsPerSecond">True positions, without padding: wall time.</param>
/// <param name="PositionsPerCpuSecond">The same by processor time: what one core does when nobody else wants it.</param>
/// <param name="PeerPositionsPerSecond">The peer's, by wall time; null without --peer.</param>
/// <param name="PeerPositionsPerCpuSecond">The peer's, by processor time.</param>
/// <param name="Ratio">Ours to the peer's by wall time, both on all threads.</param>
/// <param name="Peer">What the peer is.</param>
/// <param name="Gflops">Matrix products a second of the whole step, by processor time of all threads; null for the Torch engine, as the rest is.</param>
/// <param name="PeakGflops">What fused multiply-adds alone reach on as many cores.</param>
/// <param name="ShareOfPeak">The one by the other.</param>
/// <param name="Parts">By part; empty for the Torch engine.</param>
sealed record TrainingRates(
    string Data,
    string Engine,
    int Threads,
    int Width,
    int Blocks,
    int MaxLength,
    int Negatives,
    string Loss,
    double PositionsPerSecond,
    double PositionsPerCpuSecond,
    double? PeerPositionsPerSecond,
    double? PeerPositionsPerCpuSecond,
    double? Ratio,
    string? Peer,
    double? Gflops,
    double? PeakGflops,
    double? ShareOfPeak,
    IReadOnlyList<PartRate> Parts);

/// <summary>Positions a second of ours and of a peer in PyTorch, in turns on the same cores, and where the time goes.</summary>
sealed class TrainingBench : BenchVerb<TrainingRates>
{
    readonly Option<string?> data = new("--data") { Description = "A file of interactions, as the trainer reads it." };
    readonly Option<long?> actions = new("--actions") { Description = "Instead of --data: so many generated actions on 25,000 items." };
    readonly Option<string> engine = new("--engine") { Description = "cpu, or torch, which takes the GPU if there is one, as its peer then does.", DefaultValueFactory = _ => "cpu" };
    readonly Option<bool> peer = new("--peer") { Description = "Also run benchmarks/peers/sasrec_torch.py (needs python3 with torch)." };
    readonly Option<string> python = new("--python") { Description = "The python that has torch.", DefaultValueFactory = _ => "/usr/bin/python3" };
    readonly Option<int> seconds = new("--seconds") { Description = "How long each turn takes.", DefaultValueFactory = _ => 5 };
    readonly Option<int> turns = new("--turns") { Description = "How many turns each has; the best counts.", DefaultValueFactory = _ => 3 };
    readonly Option<int> threads = new("--threads") { Description = "0 for one a core." };
    readonly Option<int?> width = new("--width") { Description = "D; the default of the data if not given." };

    public TrainingBench()
        : base("training", "Training positions a second, beside a peer in PyTorch, and the share of the machine's peak.")
    {
        engine.AcceptOnlyFromAmong("cpu", "torch");
        foreach (var option in new Option[] { data, actions, engine, peer, python, seconds, turns, threads, width })
        {
            Add(option);
        }
    }

    protected override TrainingRates Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (train, source) = Sequences(parsed);
        var (config, options) = TrainingOptions.For(train);
        var cores = parsed.GetValue(threads) > 0 ? parsed.GetValue(threads) : Environment.ProcessorCount;

        // Whole histories, as the peer takes them.
        (config, options) = (config with { Width = parsed.GetValue(width) ?? config.Width }, options with { Threads = cores, ItemDropout = 0 });
        using var run = new EngineRun(train, config, options, parsed.GetValue(engine) == "torch");
        run.Warm(TimeSpan.FromSeconds(parsed.GetValue(seconds)));
        (double Wall, double Cpu) ours = default, theirs = default;
        string? name = null;
        for (var turn = 0; turn < parsed.GetValue(turns) && !cancellation.IsCancellationRequested; turn++)
        {
            var rate = run.Measure(TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            ours = (Math.Max(ours.Wall, rate.Wall), Math.Max(ours.Cpu, rate.Cpu));
            progress.WriteLine(Line($"turn {turn + 1}: {rate.Wall:N0} positions/s, {rate.Cpu:N0} a processor second"));
            if (parsed.GetValue(peer))
            {
                var torch = TorchPeer.Run(
                    parsed.GetValue(python)!, train, config, options, parsed.GetValue(seconds), run.OnGpu ? "cuda" : "cpu");
                theirs = (Math.Max(theirs.Wall, torch.PositionsPerSecond), Math.Max(theirs.Cpu, torch.PositionsPerCpuSecond));
                name = torch.Name;
                progress.WriteLine(Line($"  {name}: {torch.PositionsPerSecond:N0} positions/s, {torch.PositionsPerCpuSecond:N0} a processor second"));
            }
        }

        var rates = new TrainingRates(
            source, run.Name, cores, config.Width, config.Blocks, config.MaxLength, options.Negatives, options.Loss.ToString(), ours.Wall,
            ours.Cpu, name is null ? null : theirs.Wall, name is null ? null : theirs.Cpu, name is null ? null : ours.Wall / theirs.Wall, name,
            null, null, null, []);
        if (!run.HasParts)
        {
            return rates;
        }

        var peak = FmaPeak.Measure();
        var flops = StepFlops.PerPosition(train, config, options);
        var gflops = flops.Values.Sum() * ours.Cpu / 1e9;
        return rates with
        {
            Gflops = gflops * cores, PeakGflops = peak * cores, ShareOfPeak = gflops / peak, Parts = [.. run.Parts(flops, ours.Cpu, peak, cores)],
        };
    }

    (SequenceDataset Train, string Source) Sequences(ParseResult parsed) => (parsed.GetValue(data), parsed.GetValue(actions)) switch
    {
        ({ } path, null) => (LeaveOneOut.Of(Read(path)).Train, Path.GetFileName(path)),
        (null, { } many and > 0) => (GrowthBench.Generate(25_000, (int)(many / 50), 50), Line($"{many:N0} generated actions")),
        _ => throw new ArgumentException("Give one of --data FILE and --actions N, N above 0."),
    };

    protected override string Table(TrainingRates result)
    {
        var text = new StringBuilder();
        text.AppendLine(Line($"{result.Data}, {result.Engine}: D {result.Width}, {result.Blocks} blocks, length {result.MaxLength}, {result.Loss} over {result.Negatives}"));
        text.AppendLine(Line($"  {result.PositionsPerSecond,10:N0} positions/s on {result.Threads} threads; {result.PositionsPerCpuSecond:N0} a processor second"));
        if (result.Ratio is { } ratio)
        {
            text.AppendLine(Line($"  {result.PeerPositionsPerSecond,10:N0} positions/s {result.Peer}: {ratio:0.0} times slower"));
        }

        if (result.Gflops is null)
        {
            return text.ToString();
        }

        text.AppendLine(Line($"  {result.Gflops,10:N0} GFLOP/s of {result.PeakGflops:N0}: {result.ShareOfPeak:P0} of the peak"));
        foreach (var part in result.Parts)
        {
            var rate = part.Gflops is { } gflops ? Line($"{gflops,8:N0} GFLOP/s {part.ShareOfPeak,6:P0}") : "";
            text.AppendLine(Line($"    {part.Part,-14}{part.Share,6:P0}{rate}"));
        }

        return text.ToString();
    }

    static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>The engine on endless batches of the data.</summary>
    sealed class EngineRun : IDisposable
    {
        readonly TrainingEngine engine;
        readonly TrainingOptions options;
        readonly int[] users;
        int next;

        public EngineRun(SequenceDataset data, SasRecConfig config, TrainingOptions options, bool torch)
        {
            if (torch && TorchLibrary.Problem is { } problem)
            {
                throw new InvalidOperationException(problem);
            }

            this.options = options;
            OnGpu = torch && TorchLibrary.HasGpu;
            Name = torch ? OnGpu ? "Torch engine on the GPU" : "Torch engine on the CPU" : "CPU engine";
            var weights = SasRecWeights.Initialized(config, data.ItemCount, options.Seed);
            engine = torch ? new TorchEngine(data, weights, options) : CpuEngine.Create(data, weights, options);
            users = [.. Enumerable.Range(0, data.UserCount).Where(user => data.Items(user).Length >= 2)];
            CounterRandom.Shuffle(users, options.Seed);
        }

        public bool OnGpu { get; }

        public string Name { get; }

        /// <summary>Whether the engine says where its time goes.</summary>
        public bool HasParts => engine is CpuEngine;

        public void Dispose() => engine.Dispose();

        public void Warm(TimeSpan time) => Measure(time);

        public (double Wall, double Cpu) Measure(TimeSpan time)
        {
            var (start, processor, positions) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, 0L);
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                var count = Math.Min(options.BatchSize, users.Length);
                next = next + count > users.Length ? 0 : next;
                engine.Step(users.AsSpan(next, count));
                next += count;
                positions += engine.Positions;
            }

            var wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return (positions / wall, positions / (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        }

        public IEnumerable<PartRate> Parts(IReadOnlyDictionary<Part, double> flops, double positionsPerCpuSecond, double peak, int cores)
        {
            var seconds = ((CpuEngine)engine).PartSeconds();
            foreach (var part in Enum.GetValues<Part>())
            {
                var share = seconds[(int)part] / seconds.Sum();
                var gflops = flops.TryGetValue(part, out var operations) ? operations * positionsPerCpuSecond / share / 1e9 : (double?)null;
                yield return new PartRate(part.ToString(), share, gflops * cores, gflops / peak);
            }
        }
    }
}
