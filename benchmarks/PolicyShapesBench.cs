using System.CommandLine;
using System.Globalization;
using System.Text;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Publish;

namespace SasRec.Bench;

/// <summary>What one shape buys at the price asked for.</summary>
sealed record ShapeResult(
    string Shape, double Strength, double KeptNdcg, double KeptHr, double Cascade, double ItemPosition, double Exposure, double Coverage);

/// <summary>Shapes at one price on one data set.</summary>
sealed record ShapesResult(string Data, double Price, IReadOnlyList<ShapeResult> Shapes);

/// <summary>Policies of different shapes at the same loss of NDCG: how much evidence of a different model each buys.</summary>
sealed class PolicyShapesBench : BenchVerb<ShapesResult>
{
    const int Slots = 10;
    const double MaxWeight = 1_000;
    const int EvidenceUsers = 400;

    readonly Option<string> data = new("--data") { Description = "Lines 'user item', or CSV with a header.", Required = true };
    readonly Option<string> model = new("--model") { Description = "The folder of a model of it, trained with --no-refit.", Required = true };
    readonly Option<string> other = new("--other") { Description = "The folder of another, with another seed.", Required = true };
    readonly Option<double> price = new("--price") { Description = "The share of NDCG@10 to be spent.", DefaultValueFactory = _ => 0.05 };
    readonly Option<int> users = new("--users") { Description = "How many users calibrate, and as many measure.", DefaultValueFactory = _ => 4_000 };

    readonly Option<string> named = new("--named") { Description = "Only shapes whose names contain this.", DefaultValueFactory = _ => "" };

    static readonly PolicyShape[] Shapes =
    [
        new("one temperature", x => new(Same(T(x)))),
        new("one temperature, epsilon .02", x => new(Same(T(x)), 0.02)),
        new("temperature x slot^0.5", x => new(Growing(T(x), 0.5))),
        new("temperature x slot", x => new(Growing(T(x), 1))),
        new("temperature x slot, uniform .01 of top 50", x => new(Growing(T(x), 1), 0.01, 50)),
        new("temperature x slot^2", x => new(Growing(T(x), 2))),
        new("one temperature, uniform .02 of top 50", x => new(Same(T(x)), 0.02, 50)),
        new("one temperature, uniform .02 of top 100", x => new(Same(T(x)), 0.02, 100)),
        new("greedy, uniform share of top 20", x => new(Same(0.02), x, 20)),
        new("greedy, uniform share of top 50", x => new(Same(0.02), x, 50)),
        new("greedy, uniform share of top 100", x => new(Same(0.02), x, 100)),
        new("greedy, uniform share of all", x => new(Same(0.02), x)),
        new("greedy mixed with slates at T .5", x => new(Same(0.5), Greedy: 1 - x)),
        new("greedy mixed with slates at T .25", x => new(Same(0.25), Greedy: 1 - x)),
        new("greedy mixed with slates at T .125", x => new(Same(0.125), Greedy: 1 - x)),
        new("greedy mixed with slates of the top 20", x => new(Same(1e6), 0, 20, true, 1 - x)),
        new("greedy mixed with slates of the top 50", x => new(Same(1e6), 0, 50, true, 1 - x)),
        new("greedy mixed with slates of the top 100", x => new(Same(1e6), 0, 100, true, 1 - x)),
        new("greedy mixed with slates of the top 200", x => new(Same(1e6), 0, 200, true, 1 - x)),
    ];

    public PolicyShapesBench()
        : base("policy-shapes", "Policies of different shapes at the same loss of NDCG: what evidence each buys.")
    {
        Add(data);
        Add(model);
        Add(other);
        Add(price);
        Add(users);
        Add(named);
    }

    protected override ShapesResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var split = LeaveOneOut.Of(Read(parsed.GetValue(data)!));
        var asked = parsed.GetValue(users);
        var step = Math.Max(1, split.Validation.Count / (2 * asked));
        var cases = Enumerable.Range(0, 2 * asked).Select(i => i * step).Where(i => i < split.Validation.Count).ToArray();
        var a = Scores(split, cases, parsed.GetValue(model)!, 0, cases.Length);
        var b = Scores(split, cases, parsed.GetValue(other)!, cases.Length / 2, Math.Min(cases.Length, (cases.Length / 2) + EvidenceUsers));
        var half = cases.Length / 2;
        var results = new List<ShapeResult>();
        foreach (var shape in Shapes.Where(shape => shape.Name.Contains(parsed.GetValue(named)!, StringComparison.Ordinal)))
        {
            cancellation.ThrowIfCancellationRequested();
            var (low, high) = (0.0, 1.0);
            for (var i = 0; i < 8; i++)
            {
                var middle = (low + high) / 2;
                (low, high) = Kept(shape.Law(middle), a, 0, half).Ndcg < 1 - parsed.GetValue(price) ? (low, middle) : (middle, high);
            }

            var law = shape.Law(low);
            var kept = Kept(law, a, half, cases.Length);
            var (cascade, position, exposure, coverage) = Evidence(law, a, b, half, Math.Min(cases.Length, half + EvidenceUsers));
            results.Add(new ShapeResult(shape.Name, low, kept.Ndcg, kept.Hr, cascade, position, exposure, coverage));
            progress.WriteLine(Row(results[^1]));
        }

        return new ShapesResult(Path.GetFileName(parsed.GetValue(data)!), parsed.GetValue(price), results);
    }

    protected override string Table(ShapesResult result)
    {
        var text = new StringBuilder($"{result.Data}, {result.Price:p0} of NDCG@10").AppendLine();
        text.AppendLine("shape                                          strength  kept NDCG  kept HR   cascade  item-position  exposure  coverage");
        foreach (var shape in result.Shapes)
        {
            text.AppendLine(Row(shape));
        }

        return text.ToString();
    }

    static string Row(ShapeResult s) => string.Create(
        CultureInfo.InvariantCulture,
        $"{s.Shape,-46} {s.Strength,8:f4}  {s.KeptNdcg,9:f3}  {s.KeptHr,7:f3}  {s.Cascade,8:f1}  {s.ItemPosition,13:f1}  {s.Exposure,8:f1}  {s.Coverage,8:f3}");

    // From .02 to 2, evenly in the logarithm.
    static double T(double x) => 0.02 * Math.Pow(100, x);

    static double[] Same(double temperature) => [.. Enumerable.Repeat(temperature, Slots)];

    static double[] Growing(double temperature, double power) =>
        [.. Enumerable.Range(1, Slots).Select(slot => temperature * Math.Pow(slot / (double)Slots, power))];

    static RankedItems[] Scores(LeaveOneOut split, int[] cases, string folder, int from, int to)
    {
        var model = new ModelFolder(folder);
        using var scorer = new ModelScorer(model.ReadWeights(), 0, model.ReadNeighbours());
        var items = split.Train.ItemCount;
        var rows = new RankedItems[cases.Length];
        var buffer = new float[items];
        for (var i = from; i < to; i++)
        {
            var history = split.Validation.Histories.ItemsMemory(split.Validation.Users[cases[i]]);
            scorer.Score([history], buffer);
            foreach (var item in history.Span)
            {
                buffer[item] = float.NegativeInfinity;
            }

            rows[i] = new RankedItems(buffer, split.Validation.Targets(cases[i])[0]);
        }

        return rows;
    }

    static (double Ndcg, double Hr) Kept(ShapeLaw law, RankedItems[] ranked, int from, int to)
    {
        var sums = new double[4];
        Parallel.For(from, to, user =>
        {
            var rank = ranked[user].Target;
            if (rank < 0)
            {
                return;
            }

            var slates = new ShapeSlates(ranked[user], law);
            var random = new RandomStream((ulong)user);
            var chances = slates.Marginals(rank, slates.Draws(16, ref random));
            lock (sums)
            {
                sums[0] += Exposure(chances);
                sums[1] += chances.Sum();
                sums[2] += rank >= Slots ? 0 : 1 / Math.Log2(rank + 2);
                sums[3] += rank >= Slots ? 0 : 1;
            }
        });
        return (sums[0] / sums[2], sums[1] / sums[3]);
    }

    /// <summary>Effective slates of 1,000, 1 / E[w^2], by the weights of three estimators; the harmonic mean over the slots.</summary>
    static (double Cascade, double Position, double Exposure, double Coverage) Evidence(
        ShapeLaw law, RankedItems[] a, RankedItems[] b, int from, int to)
    {
        var (cascade, position, exposure) = (new Sums(Slots), new Sums(Slots), new Sums(1));
        var shown = new HashSet<int>();
        Parallel.For(from, to, user =>
        {
            var (own, theirs) = (new ShapeSlates(a[user], law), new ShapeSlates(b[user], law));
            var random = new RandomStream((ulong)user + 7_000_000);

            // E[w^2] where one logs is E[w] where the other draws.
            var asked = theirs.Draw(ref random);
            int[] items = [.. asked.Select(b[user].ItemOf)];
            int[] logged = [.. items.Select(a[user].RankOf)];
            var (ownDraws, theirDraws) = (own.Draws(32, ref random), theirs.Draws(32, ref random));
            var (mine, other) = (own.Chances(logged), theirs.Chances(asked));
            for (var slot = 0; slot < Slots; slot++)
            {
                var (mu, pi) = (own.Marginals(logged[slot], ownDraws), theirs.Marginals(asked[slot], theirDraws));
                lock (shown)
                {
                    shown.Add(ownDraws[0][slot] < a[user].Items.Length ? a[user].Items[ownDraws[0][slot]] : -1 - user);
                    cascade.Add(slot, other[slot] / Math.Max(1e-300, mine[slot]), 1);
                    position.Add(slot, pi[slot] / Math.Max(1e-300, mu[slot]), 1);
                    exposure.Add(0, Exposure(pi) / Math.Max(1e-300, Exposure(mu)), 1 / Math.Log2(slot + 2));
                }
            }
        });
        return (cascade.Effective(), position.Effective(), exposure.Effective(), shown.Count / (double)a[0].Catalogue);
    }

    static double Exposure(double[] chances) => chances.Select((chance, slot) => chance / Math.Log2(slot + 2)).Sum();

    sealed class Sums(int slots)
    {
        readonly double[] count = new double[slots], sum = new double[slots];

        public void Add(int slot, double weight, double share)
        {
            count[slot] += share;
            sum[slot] += share * Math.Min(weight, MaxWeight);
        }

        public double Effective() => 1000 * slots / Enumerable.Range(0, slots).Sum(s => sum[s] / count[s]);
    }
}
