using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Storage;
using SasRec.Storage.Experiments;
using SasRec.Storage.Models;

namespace SasRec.Functions.Experiments;

/// <summary>GET /api/experiments, GET, PUT and DELETE /api/experiments/{id}, POST /api/experiments/{id}/start, stop and ship: experiments, with who changed them and when.</summary>
sealed class ExperimentsFunction(ExperimentOptions options, ExperimentStore store, ExperimentModels models, ModelRegistry registry, ExperimentShipping shipping, TimeProvider clock)
{
    const string Consequence = "The experiment may or may not have changed. Reading it says so.";

    [Function("Experiments")]
    [OnStorageFailure("The experiments cannot be read.")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/experiments")] HttpRequest request, CancellationToken cancellation)
    {
        new QueryReader(request).Finish();
        var book = await store.CurrentAsync(cancellation);
        return Results.Json(new ExperimentList(book.Version, book.Experiments, models.Here(book)), ExperimentsJson.Answers.ExperimentList);
    }

    [Function("Experiment")]
    [OnStorageFailure("The experiments cannot be read.")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/experiments/{experimentId}")] HttpRequest request,
        string experimentId,
        CancellationToken cancellation)
    {
        Query(request, experimentId).Finish();
        var book = await store.CurrentAsync(cancellation);
        ExperimentChange[] changes = [.. book.History.Where(change => change.Experiment == experimentId)];
        return book.Of(experimentId) is { } stored
            ? Results.Json(ExperimentAnswer.Of(stored, changes), ExperimentsJson.Answers.ExperimentAnswer)
            : Unknown(new UnknownExperimentException(experimentId));
    }

    [Function("PutExperiment")]
    [OnStorageFailure("The experiment may or may not have been put. Putting it again is safe.")]
    public async Task<IResult> Put(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "api/experiments/{experimentId}")] HttpRequest request,
        string experimentId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        query.Check("experimentId", experimentId, InteractionRules.IsLabel, JsonFields.LabelRange);
        query.ReportUnknown();
        using var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, errors, cancellation);
        var (experiment, by, reason) = ExperimentReader.Read(body.Bytes, experimentId, errors);
        errors.Refuse();
        return await ChangeAsync(experimentId, "put", by, reason, (book, change) => book.Put(experiment, change));
    }

    [Function("DeleteExperiment")]
    [OnStorageFailure("The experiment may or may not be gone. Deleting it again is safe.")]
    public async Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/experiments/{experimentId}")] HttpRequest request, string experimentId)
    {
        Query(request, experimentId).Finish();
        return await ChangeAsync(experimentId, "delete", "http", "deleted", (book, change) => book.Delete(experimentId, change));
    }

    [Function("StartExperiment")]
    [OnStorageFailure(Consequence)]
    public async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/experiments/{experimentId}/start")] HttpRequest request,
        string experimentId,
        CancellationToken cancellation)
    {
        var move = await ExperimentMove.ReadAsync(request, ships: false, cancellation);
        try
        {
            foreach (var version in (await store.CurrentAsync(cancellation)).Of(experimentId)?.Experiment.Models ?? [])
            {
                await registry.GetAsync(version, cancellation);
            }
        }
        catch (Exception e) when (e is ModelNotFoundException or ModelCorruptException or NewerFormatException)
        {
            return Problem.Of(StatusCodes.Status409Conflict, e.Message, "GET /api/models lists those that an arm can name.");
        }

        return await ChangeAsync(experimentId, "start", move.By, move.Reason, (book, change) => book.Start(experimentId, change, options.MaxModels));
    }

    [Function("StopExperiment")]
    [OnStorageFailure(Consequence)]
    public async Task<IResult> Stop(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/experiments/{experimentId}/stop")] HttpRequest request,
        string experimentId,
        CancellationToken cancellation)
    {
        var move = await ExperimentMove.ReadAsync(request, ships: false, cancellation);
        return await ChangeAsync(experimentId, "stop", move.By, move.Reason, (book, change) => book.Stop(experimentId, change));
    }

    [Function("ShipExperiment")]
    [OnStorageFailure("The arm may have been shipped in part. Shipping it again is safe.")]
    public async Task<IResult> Ship(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/experiments/{experimentId}/ship")] HttpRequest request,
        string experimentId,
        CancellationToken cancellation)
    {
        var move = await ExperimentMove.ReadAsync(request, ships: true, cancellation);
        try
        {
            await shipping.ShipAsync((await store.CurrentAsync(cancellation)).Shippable(experimentId, move.Arm!).Experiment, move);
        }
        catch (ModelRefusedException e)
        {
            return Problem.Of(
                StatusCodes.Status409Conflict, e.Message, $"{string.Join(' ', e.Verdict.Reasons)} \"override\": true ships it all the same.");
        }
        catch (UnknownExperimentException e)
        {
            return Unknown(e);
        }
        catch (ExperimentRefusedException e)
        {
            return Problem.Of(StatusCodes.Status409Conflict, e.Message, e.WayOut);
        }
        catch (Exception e) when (e is ModelNotFoundException or ModelCorruptException or NewerFormatException)
        {
            return Problem.Of(StatusCodes.Status409Conflict, e.Message);
        }

        return await ChangeAsync(
            experimentId, "ship", move.By, move.Reason, (book, change) => book.Ship(experimentId, move.Arm!, change with { Arm = move.Arm }));
    }

    async Task<IResult> ChangeAsync(
        string id, string what, string by, string reason, Func<ExperimentBook, ExperimentChange, ExperimentBook> change)
    {
        try
        {
            var made = new ExperimentChange(0, id, what, by, reason, clock.GetUtcNow());
            var book = await store.ChangeAsync(known => change(known, made), CancellationToken.None);
            return Results.Json(book.History[0], ExperimentsJson.Answers.ExperimentChange);
        }
        catch (ExperimentRefusedException e)
        {
            return Problem.Of(StatusCodes.Status409Conflict, e.Message, e.WayOut);
        }
        catch (UnknownExperimentException e)
        {
            return Unknown(e);
        }
    }

    static IResult Unknown(UnknownExperimentException e) => Problem.Of(StatusCodes.Status404NotFound, e.Message);

    static QueryReader Query(HttpRequest request, string experimentId)
    {
        var query = new QueryReader(request);
        query.Check("experimentId", experimentId, InteractionRules.IsLabel, JsonFields.LabelRange);
        return query;
    }
}

/// <summary>Every experiment.</summary>
/// <param name="Version">The number of the newest change of all.</param>
/// <param name="Experiments">The last changed first.</param>
/// <param name="Models">The models that running ones need, on the instance that answers.</param>
sealed record ExperimentList(int Version, IReadOnlyList<StoredExperiment> Experiments, IReadOnlyList<ModelHere> Models);

/// <summary>One experiment, and how it came about.</summary>
/// <param name="Experiment">The plan.</param>
/// <param name="State">How far it is.</param>
/// <param name="Version">The number of its newest change.</param>
/// <param name="StartedAt">When it began; null for a draft.</param>
/// <param name="StoppedAt">When it ended; null before.</param>
/// <param name="ShippedArm">The arm that everybody gets; null for none.</param>
/// <param name="Changes">Newest first, as far as they are remembered.</param>
sealed record ExperimentAnswer(
    Core.Experiments.Experiment Experiment,
    ExperimentState State,
    int Version,
    DateTimeOffset? StartedAt,
    DateTimeOffset? StoppedAt,
    string? ShippedArm,
    IReadOnlyList<ExperimentChange> Changes)
{
    public static ExperimentAnswer Of(StoredExperiment stored, IReadOnlyList<ExperimentChange> changes) =>
        new(stored.Experiment, stored.State, stored.Version, stored.StartedAt, stored.StoppedAt, stored.ShippedArm, changes);
}
