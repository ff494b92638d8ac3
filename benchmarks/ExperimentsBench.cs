using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Experiments;
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
/// <param name="SlatesPerSecond">How many slates of ten a second a report folds, on one core, once they are read.</param>
/// <param name="BytesPerUser">What each of a million users takes of memory.</param>
sealed record ExperimentsResult(
    int Experiments, int UsersADay, int Days, double FalseClaims, double FalseClaimsRare, double Power, int? MedianDay, double WrongWay,
    double SlatesPerSecond, double BytesPerUser);

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
        var (slatesPerSecond, bytesPerUser) = Fold(cancellation);
        int[] found = [.. lifted.Where(claim => claim is { Better: true }).Select(claim => claim!.Value.Day).Order()];
        return new ExperimentsResult(
            experiments,
            usersADay,
            most,
            none.Count(claim => claim is not null) / (double)experiments,
            rare.Count(claim => claim is not null) / (double)experiments,
            found.Length / (double)experiments,
            found.Length * 2 < experiments ? null : found[(experiments - 1) / 2],
            lifted.Count(claim => claim is { Better: false }) / (double)experiments,
            slatesPerSecond,
            bytesPerUser);
    }

    /// <summary>What the fold of a million users with two slates each takes.</summary>
    static (double SlatesPerSecond, double BytesPerUser) Fold(CancellationToken cancellation)
    {
        const int Users = 1_000_000;
        var experiment = new Experiment { Id = "fold", Arms = [new ExperimentArm("a", 0.5), new ExperimentArm("b", 0.5)] };
        AssignedArm[][] assigned = [.. experiment.Arms.Select(arm => new[] { new AssignedArm(experiment.Id, arm.Name) })];
        ServedItem[] items = [.. Enumerable.Range(1, 10).Select(rank => new ServedItem($"item {rank}", rank, 1, 0.5, false))];
        SlateEvent[] acted = [new("item 3", "purchase", DateTimeOffset.UnixEpoch.AddMinutes(1))];
        var slate = new Impression
        {
            RecommendationId = "r", ServedAt = DateTimeOffset.UnixEpoch, ModelVersion = "m", Recommender = "sasrec", Temperature = 1, Epsilon = 0, Seed = 0,
            EligibleCount = 100, Items = items,
        };
        var (tally, before, clock) = (new ExperimentTally(experiment, new LedgerOptions(), 2 * Users), GC.GetTotalMemory(true), Stopwatch.StartNew());
        for (var i = 0; i < 2 * Users; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var user = i % Users;
            tally.Add(new ServedSlate(slate with { UserId = $"user {user}", Experiments = assigned[user % 2] }, user % 5 == 0 ? acted : []));
        }

        var seconds = clock.Elapsed.TotalSeconds;
        var bytes = GC.GetTotalMemory(true) - before;
        GC.KeepAlive(tally);
        return (2 * Users / seconds, bytes / (double)Users);
    }

    protected override string Table(ExperimentsResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        {result.Experiments:N0} experiments of each kind, {result.UsersADay:N0} users a day, looked at on each of {result.Days} days
        claim a difference where there is none        {result.FalseClaims:0.0%}
        the same where 2% of the users act            {result.FalseClaimsRare:0.0%}
        find +10%                                     {result.Power:0.0%}, half of them by day {result.MedianDay?.ToString(CultureInfo.InvariantCulture) ?? "-"}
        call the better arm worse                     {result.WrongWay:0.0%}
        a report folds                                {result.SlatesPerSecond:N0} slates/s, {result.BytesPerUser:N0} bytes a user
        """);
}
