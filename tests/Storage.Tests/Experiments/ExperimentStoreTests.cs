using SasRec.Core.Experiments;
using SasRec.Core.Rules;
using SasRec.Storage.Experiments;
using static SasRec.Storage.Tests.Accounts;

namespace SasRec.Storage.Tests.Experiments;

public sealed class ExperimentStoreTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Changes_at_the_same_time_are_all_kept_and_every_arm_comes_back_as_it_was_put()
    {
        var store = new ExperimentStore(await NewAsync(emulator));
        Assert.Empty((await store.CurrentAsync(Cancellation)).Experiments);
        var rules = new SlateRules { Boosts = [new Boost([new ItemCondition { Attribute = "brand", OneOf = [new AttributeValue(Text: "own")] }], 0.5)] };

        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => store.ChangeAsync(
            book => book.Put(Plan($"e{i}", rules), new ExperimentChange(0, $"e{i}", "put", "ann", "because", Noon)), Cancellation)));

        var known = await store.IfChangedAsync(null, Cancellation);
        Assert.Equal((5, 5, 5), (known!.Book.Version, known.Book.Experiments.Count, known.Book.History.Count));
        Assert.Null(await store.IfChangedAsync(known.ETag, Cancellation));
        var found = known.Book.Of("e3")!.Experiment;
        Assert.Equal(("home", 60, 0.1), (found.Placement, found.WindowSeconds, found.Effect));
        Assert.Equal(("2", "similar", 0.02, 0.1), (found.Arms[1].ModelVersion, found.Arms[1].Recommender, found.Arms[1].Exploration, found.Arms[1].Epsilon));
        Assert.Equal("own", found.Arms[1].Rules!.Boosts[0].Where[0].OneOf![0].Text);
        Assert.Equal(ArmChanges.None, found.Arms[0].Changes);
    }

    static Experiment Plan(string id, SlateRules rules) => new()
    {
        Id = id,
        Placement = "home",
        WindowSeconds = 60,
        Effect = 0.1,
        Arms =
        [
            new ExperimentArm("a", 0.5),
            new ExperimentArm("b", 0.25) { ModelVersion = "2", Recommender = "similar", Exploration = 0.02, Epsilon = 0.1, Rules = rules },
        ],
    };
}
