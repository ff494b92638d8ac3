using SasRec.Core.Experiments;
using SasRec.Storage.Experiments;

namespace SasRec.Storage.Tests.Experiments;

public sealed class ExperimentBookTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_experiment_is_planned_started_and_shipped_and_the_book_says_who_and_when()
    {
        var book = new ExperimentBook().Put(Plan("e", model: "2"), Change("put"));
        Assert.Equal((ExperimentState.Draft, 1), (book.Of("e")!.State, book.Version));

        // A draft may change.
        book = book.Put(Plan("e", model: "3"), Change("put")).Start("e", Change("start", minute: 1), maxModels: 1);
        Assert.Equal((ExperimentState.Running, Noon.AddMinutes(1), "3"), (book.Of("e")!.State, book.Of("e")!.StartedAt, Assert.Single(book.Of("e")!.Experiment.Models)));

        book = book.Ship("e", "b", Change("ship", minute: 2));
        Assert.Equal((ExperimentState.Shipped, Noon.AddMinutes(2), "b"), (book.Of("e")!.State, book.Of("e")!.StoppedAt, book.Of("e")!.ShippedArm));
        Assert.Equal(["ship", "start", "put", "put"], book.History.Select(change => change.What));
        Assert.Equal([4, 3, 2, 1], book.History.Select(change => change.Version));
        Assert.Empty(book.Delete("e", Change("delete")).Experiments);
    }

    [Fact]
    public void What_the_state_does_not_allow_is_refused_with_a_way_out()
    {
        var draft = new ExperimentBook().Put(Plan("e"), Change("put"));
        var running = draft.Start("e", Change("start"), 0);
        var stopped = running.Stop("e", Change("stop"));

        Refuses("The experiment 'e' runs.", () => running.Put(Plan("e"), Change("put")));
        Refuses("The experiment 'e' runs.", () => running.Start("e", Change("start"), 0));
        Refuses("The experiment 'e' runs.", () => running.Delete("e", Change("delete")));
        Refuses("The experiment 'e' was stopped.", () => stopped.Start("e", Change("start"), 0));
        Refuses("The experiment 'e' has not started.", () => draft.Stop("e", Change("stop")));
        Refuses("The experiment 'e' has not started.", () => draft.Ship("e", "a", Change("ship")));
        Refuses("The experiment 'e' has no arm 'z'.", () => running.Ship("e", "z", Change("ship")));
        Assert.Throws<UnknownExperimentException>(() => draft.Stop("unknown", Change("stop")));
    }

    [Fact]
    public void Of_two_that_change_the_same_at_the_same_placement_only_one_runs()
    {
        var book = new ExperimentBook().Put(Plan("home", "2", "home"), Change("put")).Put(Plan("everywhere", "3"), Change("put"))
            .Put(Plan("basket", "2", "basket"), Change("put")).Start("home", Change("start"), 1);

        Refuses("The experiment 'home' changes the same at the same placement.", () => book.Start("everywhere", Change("start"), 1));
        Assert.Equal(2, book.Start("basket", Change("start"), 1).Running.Count());
    }

    [Fact]
    public void No_more_models_are_named_than_fit_into_memory()
    {
        var book = new ExperimentBook().Put(Plan("home", "2", "home"), Change("put")).Put(Plan("basket", "3", "basket"), Change("put")).Start("home", Change("start"), 1);

        Refuses("Running experiments would need 2 models in memory; the most is 1, Experiments__MaxModels.", () => book.Start("basket", Change("start"), 1));
        Assert.Equal(2, book.Start("basket", Change("start"), 2).Running.Count());
    }

    static void Refuses(string message, Func<ExperimentBook> change) => Assert.Equal(message, Assert.Throws<ExperimentRefusedException>(change).Message);

    static ExperimentChange Change(string what, int minute = 0) => new(0, "e", what, "ann", "because", Noon.AddMinutes(minute));

    static Experiment Plan(string id, string? model = null, string? placement = null) => new()
    {
        Id = id,
        Placement = placement,
        Arms = [new ExperimentArm("a", 0.5), new ExperimentArm("b", 0.5) { ModelVersion = model }],
    };
}
