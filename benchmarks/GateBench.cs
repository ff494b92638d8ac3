using System.CommandLine;
using System.Globalization;
using System.Text;
using SasRec.Core.Evaluate.Gate;

namespace SasRec.Bench;

/// <summary>What the gate does, over simulated promotions.</summary>
/// <param name="Promotions">For each figure.</param>
/// <param name="Spread">The standard deviation of the paired difference by user, in means: that of Beauty.</param>
/// <param name="Tolerance">How much worse is still no worse.</param>
/// <param name="Power">How often challengers pass, by users and true difference.</param>
/// <param name="EightyPercent">How many users 80% power takes against a champion.</param>
/// <param name="FirstModel">How many users 80% power takes for a first model against the best baseline.</param>
/// <param name="Creep">Years in which every retrain is a little worse than the last.</param>
/// <param name="CreepStopped">Whether a fault of 1% a retrain was stopped before it had cost 5% in every year with the anchor.</param>
/// <param name="PassedAt99">With 99 fresh users, the share of the challengers of a fifth of the champion's quality that passed.</param>
/// <param name="KeptBackAt99">Whether all of those were kept back.</param>
/// <param name="Shown">How often the slates shown refuse, by true difference.</param>
sealed record GateResult(
    int Promotions,
    double Spread,
    double Tolerance,
    IReadOnlyList<GatePower> Power,
    IReadOnlyList<GateUsersNeeded> EightyPercent,
    IReadOnlyList<GateUsersNeeded> FirstModel,
    IReadOnlyList<GateCreep> Creep,
    bool CreepStopped,
    double PassedAt99,
    bool KeptBackAt99,
    IReadOnlyList<GateShown> Shown);

/// <summary>Simulated promotions through the real gate: challengers of known quality, on users drawn anew each time.</summary>
sealed class GateBench : BenchVerb<GateResult>
{
    static readonly int[] Sizes = [2_000, 10_000, 50_000, 100_000];
    static readonly double[] Differences = [-0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1, 0.2];

    readonly Option<int> promotions = new("--promotions") { Description = "How many for each figure.", DefaultValueFactory = _ => 400 };
    readonly Option<int> years = new("--years") { Description = "Simulated years of a creeping fault.", DefaultValueFactory = _ => 200 };
    readonly Option<int> slates = new("--slates") { Description = "Slates that the champion showed; 0 leaves them out.", DefaultValueFactory = _ => 2_000 };
    readonly Option<bool> quick = new("--quick") { Description = "20 promotions and 4 years, to see that it works." };

    public GateBench()
        : base("gate", "How often the promotion gate lets through challengers that are truly worse, and truly better.")
    {
        Add(promotions);
        Add(years);
        Add(slates);
        Add(quick);
    }

    protected override GateResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (count, simulated) = parsed.GetValue(quick) ? (20, 4) : (parsed.GetValue(promotions), parsed.GetValue(years));
        progress.WriteLine("Promotions");
        GatePower[] power =
        [
            .. from users in Sizes
               from difference in Differences
               select new GatePower(users, difference, GatePromotions.Passed(count, users, difference, cancellation)),
        ];
        double[] needed = [0, 0.02, 0.05, 0.1, 0.2];
        GateUsersNeeded[] eighty = [.. needed.Select(difference => GatePromotions.NeededAgainstChampion(count, difference, cancellation))];
        double[] better = [0.1, 0.2, 0.5, 1, 4];
        GateUsersNeeded[] first = [.. better.Select(difference => GatePromotions.NeededAgainstBaseline(count, difference, cancellation))];
        var thin = GatePromotions.Passed(count, new GateOptions().MinUsers - 1, -0.8, cancellation);
        progress.WriteLine("Years of a creeping fault");
        GateCreep[] creep =
        [
            GateCreep.Of(2_000, 0.01, anchored: true, simulated, cancellation),
            GateCreep.Of(10_000, 0.01, anchored: true, simulated, cancellation),
            GateCreep.Of(2_000, 0.01, anchored: false, Math.Max(1, simulated / 10), cancellation),
            GateCreep.Of(10_000, 0.01, anchored: false, Math.Max(1, simulated / 10), cancellation),
        ];
        progress.WriteLine("Slates shown");
        double[] shown = [-0.2, -0.1, -0.05, 0, 0.1];
        return new GateResult(
            count,
            GateUsers.Spread,
            new GateOptions().Tolerance,
            power,
            eighty,
            first,
            creep,
            creep.Where(year => year.Anchored).All(year => year.Stopped == year.Years),
            thin,
            thin == 0,
            parsed.GetValue(slates) is > 0 and var seen ? [.. shown.Select(difference => GateShown.Of(Math.Min(count, 40), seen, difference, cancellation))] : []);
    }

    protected override string Table(GateResult result)
    {
        var text = new StringBuilder();
        Line($"{result.Promotions} promotions each; the paired difference by user has {result.Spread} times the mean as its deviation; no worse means within {result.Tolerance:p0}");
        Line($"users      {string.Join("", Differences.Select(difference => string.Create(CultureInfo.InvariantCulture, $"{difference,8:+0%;-0%;0%}")))}   pass, by true difference");
        foreach (var row in result.Power.GroupBy(point => point.Users))
        {
            Line($"{row.Key,-10:n0} {string.Join("", row.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Passed,8:0.0%}")))}");
        }

        Needed("80% power against a champion", result.EightyPercent);
        Needed("80% power of a first model against the best baseline", result.FirstModel);
        foreach (var year in result.Creep)
        {
            Line($"{year.Fault:0.0%} worse at each daily retrain, {year.UsersADay:n0} users a day, {(year.Anchored ? "with" : "without")} the anchor: stopped before {GateCreep.Bar:0%} in {year.Stopped} of {year.Years} years, cost {year.MeanCost:0.0%}, at worst {year.WorstCost:0.0%}");
        }

        Line($"99 fresh users, a challenger of a fifth of the quality: {result.PassedAt99:0.0%} pass");
        foreach (var point in result.Shown)
        {
            Line($"truly {point.TrueDifference,4:+0%;-0%;0%}: {point.Slates:n0} slates shown refuse {point.Refused:0.0%}, and have support in {point.Supported:0.0%}");
        }

        return text.ToString().TrimEnd();

        void Needed(string what, IReadOnlyList<GateUsersNeeded> needed) =>
            Line($"{what}: {string.Join(", ", needed.Select(n => string.Create(CultureInfo.InvariantCulture, $"{n.TrueDifference:+0%;-0%;0%} takes {n.Users:n0} users ({n.Passed:0.0%})")))}");

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
