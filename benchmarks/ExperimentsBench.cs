using System.CommandLine;
using System.Globalization;
using SasRec.Simulator.Experiments;

namespace SasRec.Bench;

/// <summary>How experiments that are looked at every day decide.</summary>
/// <param name="Experiments">How many were simulated for each figure.</param>
/// <param name="UsersADay">How many users became countable each day, over both arms.</param>
/// <param name="Days">For how many days each ran at most.</param>
/// <param name="FalseClaims">The share of those without a difference that ever claimed one.</param>
/// <param name="FalseClaimsRare">The same where 2% of the users act.</param>
/// <param name="Power">The share of those with a lift of 10% that found it.</param>
/// <param name="MedianDay">The day on which half of those had found it; null where fewer did.</param>
/// <param name="WrongWay">The share of those that called the better arm worse.</param>
sealed record ExperimentsResult(
    int Experiments, int UsersADay, int Days, double FalseClaims, double FalseClaimsRare, double Power, int? MedianDay, double WrongWay);

/// <summary>./bench experiments.</summary>
sealed class ExperimentsBench : BenchVerb<ExperimentsResult>
{
    // What a user does on average, and the same of a shop whose users hardly ever act.
    const double Mean = 0.5, Rare = 0.02, Lift = 0.1;

    readonly Option<int> count = new("--count") { Description = "How many experiments of each kind.", DefaultValueFactory = _ => 1_000 };
    readonly Option<int> users = new("--users") { Description = "How many users become countable each day, over both arms.", DefaultValueFactory = _ => 1_000 };
    readonly Option<int> days = new("--days") { Description = "For how many days an experiment runs at most.", DefaultValueFactory = _ => 28 };

    public ExperimentsBench()
        : base("experiments", "How often experiments that are looked at every day claim a difference: where there is none, and at +10%.")
    {
        Add(count);
        Add(users);
        Add(days);
    }

    protected override ExperimentsResult Measure(ParseResult parsed, TextWriter progress, CancellationToken cancellation)
    {
        var (experiments, usersADay, most) = (parsed.GetValue(count), parsed.GetValue(users), parsed.GetValue(days));
        var none = new SimulatedExperiment(usersADay, most, Mean, 0).RunMany(experiments, cancellation);
        var rare = new SimulatedExperiment(usersADay, most, Rare, 0).RunMany(experiments, cancellation);
        var lifted = new SimulatedExperiment(usersADay, most, Mean, Lift).RunMany(experiments, cancellation);
        int[] found = [.. lifted.Where(claim => claim is { Better: true }).Select(claim => claim!.Value.Day).Order()];
        return new ExperimentsResult(
            experiments,
            usersADay,
            most,
            none.Count(claim => claim is not null) / (double)experiments,
            rare.Count(claim => claim is not null) / (double)experiments,
            found.Length / (double)experiments,
            found.Length * 2 < experiments ? null : found[(experiments - 1) / 2],
            lifted.Count(claim => claim is { Better: false }) / (double)experiments);
    }

    protected override string Table(ExperimentsResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {result.Experiments:N0} experiments of each kind, {result.UsersADay:N0} users a day, looked at on each of {result.Days} days
        claim a difference where there is none        {result.FalseClaims:0.0%}
        the same where 2% of the users act            {result.FalseClaimsRare:0.0%}
        find +10%                                     {result.Power:0.0%}, half of them by day {result.MedianDay?.ToString(CultureInfo.InvariantCulture) ?? "-"}
        call the better arm worse                     {result.WrongWay:0.0%}
        """);
}
