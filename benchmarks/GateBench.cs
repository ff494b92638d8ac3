using System.CommandLine;
using System.Globalization;
using System.Text;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Bench;

/// <summary>How often the gate lets through challengers of one true quality.</summary>
/// <param name="TrueDifference">The challenger's share of answers known, less the champion's, as a share of the champion's.</param>
/// <param name="Passed">The share of promotions that passed.</param>
/// <param name="PassedByRanking">The share that ranking alone lets pass.</param>
/// <param name="RefusedByShown">The share that the slates shown refuse.</param>
/// <param name="Supported">The share in which the slates shown have support.</param>
sealed record GatePoint(double TrueDifference, double Passed, double PassedByRanking, double RefusedByShown, double Supported);

/// <summary>The gate's curve.</summary>
/// <param name="Promotions">For each point.</param>
/// <param name="Users">On whom challenger and champion are compared.</param>
/// <param name="Slates">How many slates the champion showed.</param>
/// <param name="Tolerance">How much worse still counts as no worse.</param>
/// <param name="Points">By true difference.</param>
sealed record GateCurve(int Promotions, int Users, int Slates, double Tolerance, IReadOnlyList<GatePoint> Points);

/// <summary>Simulated promotions through the real gate: challengers of known quality against a champion, on users drawn anew each time.</summary>
sealed class GateBench : BenchVerb<GateCurve>
{
    const int Items = 100;
    const double ChampionKnows = 0.3;

    static readonly ExplorationPolicy Policy = new();

    readonly Option<int> promotions = new("--promotions") { Description = "How many for each point.", DefaultValueFactory = _ => 200 };
    readonly Option<int> users = new("--users") { Description = "Users compared, at most 10,000.", DefaultValueFactory = _ => 2_000 };
    readonly Option<int> slates = new("--slates") { Description = "Slates that the champion showed; 0 for none.", DefaultValueFactory = _ => 2_000 };
    readonly Option<bool> quick = new("--quick") { Description = "20 promotions for each point, to see that it works." };

    public GateBench()
        : base("gate", "How often the promotion gate lets through challengers that are truly worse, and truly better.")
    {
        Add(promotions);
        Add(users);
        Add(slates);
        Add(quick);
    }

    protected override GateCurve Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var count = parsed.GetValue(quick) ? 20 : parsed.GetValue(promotions);
        var (size, shown) = (Math.Min(parsed.GetValue(users), Items * Items), parsed.GetValue(slates));
        var points = new List<GatePoint>();
        foreach (var difference in new[] { -0.2, -0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1, 0.2 })
        {
            var (passed, byRanking, refused, supported) = (0, 0, 0, 0);
            for (var promotion = 0; promotion < count; promotion++)
            {
                cancellation.ThrowIfCancellationRequested();
                var world = new Promotion(difference, size, (ulong)promotion);
                var evidence = shown == 0 ? null : world.Show(shown);
                var decision = world.Decide(evidence);
                passed += decision.Passed ? 1 : 0;
                byRanking += decision.Figures["champion.low"] >= -decision.Figures["champion.tolerance"] ? 1 : 0;
                refused += evidence is { Difference: { } found, NotEnoughSupport: null }
                    && found.High + found.Unseen < -new GateOptions().Tolerance * found.Earned ? 1 : 0;
                supported += evidence is { NotEnoughSupport: null } ? 1 : 0;
            }

            points.Add(new GatePoint(
                difference, passed / (double)count, byRanking / (double)count, refused / (double)count, supported / (double)count));
            progress.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{difference,6:p0} {passed} of {count} passed, {byRanking} by ranking alone, the slates refused {refused} of {supported}"));
        }

        return new GateCurve(count, size, shown, new GateOptions().Tolerance, points);
    }

    protected override string Table(GateCurve result)
    {
        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{result.Promotions} promotions each, {result.Users:n0} users, {result.Slates:n0} slates, no worse means within {result.Tolerance:p0}");
        foreach (var point in result.Points)
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  truly {point.TrueDifference,6:p0}   passes {point.Passed,6:p1}   by ranking alone {point.PassedByRanking,6:p1}"
                + $"   refused by what was shown {point.RefusedByShown,6:p1}");
        }

        return text.ToString();
    }

    /// <summary>A champion, a challenger, and users of whom each knows some.</summary>
    sealed class Promotion
    {
        readonly int[] items;
        readonly bool[] champion = new bool[Items * Items];
        readonly bool[] challenger = new bool[Items * Items];
        readonly int size;
        readonly RankingReport better;
        readonly RankingReport serving;
        RandomStream random;

        public Promotion(double difference, int size, ulong seed)
        {
            random = new RandomStream(seed);
            (this.size, items) = (size, new int[3 * size]);
            var offsets = new int[size + 1];
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
            better = RankingEvaluator.Evaluate(new Knower(items, challenger, random.NextBits()), cases, options);
            serving = RankingEvaluator.Evaluate(new Knower(items, champion, random.NextBits()), cases, options);
        }

        public GateDecision Decide(ShownEvidence? shown) => PromotionGate.Decide(
            better, new Dictionary<string, RankingReport>(), new ChampionComparison("champion", better, serving), null, shown);

        /// <summary>The champion shows slates of five at the default policy; half of those who see what they would do next act on it.</summary>
        public ShownEvidence Show(int count)
        {
            var (slates, whose) = (new LoggedSlate[count], new string[count]);
            var (own, other) = (new float[Items], new float[Items]);
            for (var i = 0; i < count; i++)
            {
                var user = i % size;
                var wanted = items[(3 * user) + 2];
                for (var item = 0; item < Items; item++)
                {
                    // The scores of what neither knows are much the same in both.
                    var common = random.NextNormal();
                    own[item] = (float)(common + (0.2 * random.NextNormal()));
                    other[item] = (float)(common + (0.2 * random.NextNormal()));
                }

                own[wanted] += champion[user] ? 3 : 0;
                other[wanted] += challenger[user] ? 3 : 0;
                var drawn = PlackettLuceSlate.Draw(own, null, 5, Policy, random.NextBits());
                slates[i] = new LoggedSlate
                {
                    Rewards = [.. drawn.Items.Select((slot, s) => random.NextDouble() < (slot.Item == wanted ? 0.5 : 0.01) / Math.Sqrt(s + 1) ? 1.0 : 0)],
                    Logging = [.. drawn.Items.Select(slot => slot.Propensity)],
                    Target = Propensity.OfSlate(other, null, [.. drawn.Items.Select(slot => slot.Item)], Policy),
                };
                whose[i] = string.Create(CultureInfo.InvariantCulture, $"{user}");
            }

            return ShownEvidence.Of(slates, whose, count, 0, 1);
        }
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
