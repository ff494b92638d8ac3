using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Explore;

namespace SasRec.Bench;

/// <summary>What a report on served slates costs.</summary>
/// <param name="Slates">How many slates of ten it is made of.</param>
/// <param name="Items">V: the catalogue that they were drawn from.</param>
/// <param name="FoldSeconds">Joining and adding up, one core.</param>
/// <param name="BuildSeconds">Rates, calibration, spread, drift and the advice.</param>
/// <param name="LogSumExpsMicroseconds">What a recommendation pays so that the advice can be given: the log-sum-exps of what was left out.</param>
/// <param name="DrawMicroseconds">The draw of the slate itself, for comparison.</param>
sealed record InsightsCost(
    int Slates, int Items, double FoldSeconds, double BuildSeconds, double LogSumExpsMicroseconds, double DrawMicroseconds);

/// <summary>./bench insights.</summary>
sealed class InsightsBench : BenchVerb<InsightsCost>
{
    const int Slots = 10;

    readonly Option<int> slates = new("--slates") { Description = "How many slates.", DefaultValueFactory = _ => 20_000 };
    readonly Option<int> items = new("--items") { Description = "The size of the catalogue.", DefaultValueFactory = _ => 20_000 };

    public InsightsBench()
        : base("insights", "What a report on served slates costs, without reading them, and what it adds to a recommendation.")
    {
        Add(slates);
        Add(items);
    }

    protected override InsightsCost Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (count, catalogue) = (parsed.GetValue(slates), parsed.GetValue(items));
        var random = new RandomStream(1);
        var scores = new float[catalogue];
        for (var item = 0; item < catalogue; item++)
        {
            scores[item] = (float)random.NextNormal();
        }

        var (draw, maxima, ledger) = (new Stopwatch(), new Stopwatch(), new List<ServedSlate>(count));
        for (var i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ledger.Add(Serve(scores, i, ref random, draw, maxima));
        }

        var clock = Stopwatch.StartNew();
        var builder = new InsightsBuilder(new LedgerOptions(), ledger[^1].Impression.ServedAt.AddDays(1));
        foreach (var slate in ledger)
        {
            builder.Add(slate);
        }

        var folded = clock.Elapsed;
        var report = builder.Build(ledger[0].Impression.ServedAt, ledger[^1].Impression.ServedAt.AddDays(1));
        var built = clock.Elapsed - folded;
        progress.WriteLine(report.Advice.Reason);
        return new InsightsCost(
            count,
            catalogue,
            folded.TotalSeconds,
            built.TotalSeconds,
            maxima.Elapsed.TotalMicroseconds / count,
            draw.Elapsed.TotalMicroseconds / count);
    }

    protected override string Table(InsightsCost result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        slates              {result.Slates,12:N0} of {Slots} items out of {result.Items:N0}
        join and add up     {result.FoldSeconds,12:f2} s
        report and advice   {result.BuildSeconds,12:f2} s
        a recommendation    {result.LogSumExpsMicroseconds,12:f0} µs for the log-sum-exps beside {result.DrawMicroseconds:f0} µs for the draw
        """);

    static ServedSlate Serve(float[] scores, int number, ref RandomStream random, Stopwatch draw, Stopwatch maxima)
    {
        var policy = new ExplorationPolicy();
        draw.Start();
        var slate = PlackettLuceSlate.Draw(scores, null, Slots, policy, random.NextBits());
        draw.Stop();
        maxima.Start();
        var unserved = UnservedLogSumExps.Of(scores, null, slate);
        maxima.Stop();
        var at = DateTimeOffset.UnixEpoch.AddMinutes(number);
        var impression = new Impression
        {
            RecommendationId = number.ToString(CultureInfo.InvariantCulture),
            ServedAt = at,
            ModelVersion = "m",
            Recommender = "sasrec",
            Temperature = policy.Temperature,
            Epsilon = policy.Epsilon,
            Seed = 0,
            EligibleCount = scores.Length,
            HistoryCount = number % 30,
            UnservedLogSumExp = slate.UnservedLogSumExp,
            UnservedLogSumExps = unserved,
            Items = [.. slate.Items.Select((s, i) => new ServedItem($"item {s.Item}", i + 1, s.Score, s.Propensity, s.Explored))],
        };
        var events = new List<SlateEvent>();
        foreach (var item in impression.Items)
        {
            if (random.NextDouble() < 0.05 / (1 + Math.Exp(-item.Score!.Value)))
            {
                events.Add(new SlateEvent(item.ItemId, "click", at.AddMinutes(1)));
            }
        }

        return new ServedSlate(impression, events);
    }
}
