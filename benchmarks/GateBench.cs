using System.CommandLine;
using System.Globalization;
using System.Text;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Bench;

/// <summary>How often the gate lets through challengers of one true quality.</summary>
/// <param name="TrueDifference">The challenger's share of answers known, less the champion's, as a share of the champion's.</param>
/// <param name="Passed">The share of promotions that passed.</param>
sealed record GatePoint(double TrueDifference, double Passed);

/// <summary>The gate's curve.</summary>
/// <param name="Promotions">For each point.</param>
/// <param name="Users">On whom challenger and champion are compared.</param>
/// <param name="Tolerance">How much worse still counts as no worse.</param>
/// <param name="Points">By true difference.</param>
sealed record GateCurve(int Promotions, int Users, double Tolerance, IReadOnlyList<GatePoint> Points);

/// <summary>Simulated promotions through the real gate: challengers of known quality against a champion, on users drawn anew each time.</summary>
sealed class GateBench : BenchVerb<GateCurve>
{
    const int Items = 100;
    const double ChampionKnows = 0.3;

    readonly Option<int> promotions = new("--promotions") { Description = "How many for each point.", DefaultValueFactory = _ => 200 };
    readonly Option<int> users = new("--users") { Description = "Users compared, at most 10,000.", DefaultValueFactory = _ => 2_000 };

    public GateBench()
        : base("gate", "How often the promotion gate lets through challengers that are truly worse, and truly better.")
    {
        Add(promotions);
        Add(users);
    }

    protected override GateCurve Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (count, size) = (parsed.GetValue(promotions), Math.Min(parsed.GetValue(users), Items * Items));
        var points = new List<GatePoint>();
        foreach (var difference in new[] { -0.2, -0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1, 0.2 })
        {
            var passed = 0;
            for (var promotion = 0; promotion < count; promotion++)
            {
                cancellation.ThrowIfCancellationRequested();
                passed += Promote(difference, size, (ulong)promotion) ? 1 : 0;
            }

            points.Add(new GatePoint(difference, passed / (double)count));
            progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{difference,6:p0} {passed} of {count} passed"));
        }

        return new GateCurve(count, size, new GateOptions().Tolerance, points);
    }

    protected override string Table(GateCurve result)
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{result.Promotions} promotions each, {result.Users:n0} users, no worse means within {result.Tolerance:p0} of the champion");
        foreach (var point in result.Points)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  truly {point.TrueDifference,6:p0}   passes {point.Passed,6:p1}");
        }

        return text.ToString();
    }

    static bool Promote(double difference, int size, ulong seed)
    {
        var random = new RandomStream(seed);
        var (offsets, items) = (new int[size + 1], new int[3 * size]);
        var (champion, challenger) = (new bool[Items * Items], new bool[Items * Items]);
        for (var user = 0; user < size; user++)
        {
            // A user is told by the first two items; what they do next nobody can guess who does not know.
            offsets[user + 1] = 3 * (user + 1);
            (items[3 * user], items[(3 * user) + 1]) = (user / Items, user % Items);
            items[(3 * user) + 2] = random.NextIndex(Items);

            // Two models trained on the same log mostly know the same answers.
            var luck = random.NextDouble();
            champion[user] = luck < ChampionKnows;
            challenger[user] = (random.NextDouble() < 0.7 ? luck : random.NextDouble()) < ChampionKnows * (1 + difference);
        }

        var cases = LeaveOneOut.Of(new SequenceDataset(Items, offsets, items)).Test;
        var options = new RankingOptions { SampledNegatives = 0 };
        var (better, serving) = (
            RankingEvaluator.Evaluate(new Knower(items, challenger, random.NextBits()), cases, options),
            RankingEvaluator.Evaluate(new Knower(items, champion, random.NextBits()), cases, options));
        return PromotionGate.Decide(
            better, new Dictionary<string, RankingReport>(), new ChampionComparison("champion", better, serving)).Passed;
    }

    /// <summary>Knows what some users do next and guesses for the rest.</summary>
    sealed class Knower(int[] items, bool[] knows, ulong seed) : ISequenceScorer
    {
        RandomStream random = new(seed);

        public int ItemCount => Items;

        public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
        {
            for (var i = 0; i < histories.Count; i++)
            {
                var row = scores.Span.Slice(i * Items, Items);
                foreach (ref var score in row)
                {
                    score = (float)random.NextDouble();
                }

                var user = (histories[i].Span[0] * Items) + histories[i].Span[1];
                row[items[(3 * user) + 2]] += knows[user] ? 1 : 0;
            }
        }
    }
}
