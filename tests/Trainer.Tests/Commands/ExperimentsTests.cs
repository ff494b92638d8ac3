using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Experiments;
using SasRec.Storage;
using SasRec.Storage.Experiments;
using SasRec.Storage.Log;

namespace SasRec.Trainer.Tests.Commands;

public sealed class ExperimentsTests(StorageEmulator emulator)
{
    [Fact]
    public async Task Experiments_are_listed_and_one_is_reported_on()
    {
        var prefix = StorageEmulator.Unique();
        var storage = new StorageConnection(new StorageOptions { ConnectionString = emulator.ConnectionString, NamePrefix = prefix });
        await storage.EnsureCreatedAsync();
        var plan = new Experiment { Id = "home", WindowSeconds = 60, Arms = [new ExperimentArm("a", 0.5), new ExperimentArm("b", 0.5)] };
        var start = DateTimeOffset.UtcNow.AddMinutes(-10);
        await new ExperimentStore(storage).ChangeAsync(book => book
            .Put(plan, new ExperimentChange(0, "home", "put", "ann", "because", start))
            .Start("home", new ExperimentChange(0, "home", "start", "ann", "because", start), 0)
            .Put(plan with { Id = "later" }, new ExperimentChange(0, "later", "put", "ann", "because", start)));
        await new ImpressionLog(storage).AppendAsync(
        [
            .. Enumerable.Range(0, 50).Select(i => new Impression
            {
                RecommendationId = RecommendationId.New(TimeProvider.System),
                UserId = $"user {i}",
                ServedAt = start.AddMinutes(1),
                ModelVersion = "m",
                Recommender = "sasrec",
                Temperature = 1,
                Epsilon = 0,
                Seed = 0,
                EligibleCount = 10,
                Experiments = [new AssignedArm("home", ArmAssignment.Of(plan, $"user {i}")!.Name)],
                Items = [new ServedItem("an item", 1, 1, 1, false)],
            }),
        ]);

        var listed = await Job.RunAsync(["experiments"], emulator.ConnectionString, prefix);
        var report = await Job.RunAsync(["experiments", "home", "--json"], emulator.ConnectionString, prefix);
        var told = await Job.RunAsync(["experiments", "home"], emulator.ConnectionString, prefix);
        var draft = await Job.RunAsync(["experiments", "later"], emulator.ConnectionString, prefix);

        Assert.Contains("Running  a 50%, b 50%", listed.Output, StringComparison.Ordinal);
        Assert.Equal(50, report.Json.GetProperty("arms").EnumerateArray().Sum(arm => arm.GetProperty("users").GetInt32()));
        Assert.Contains("Too early to compare b with a", told.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, draft.Code);
        Assert.Contains("The experiment 'later' has not started.", draft.Error, StringComparison.Ordinal);
    }
}
