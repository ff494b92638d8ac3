using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;
using SasRec.Storage.Training;

namespace SasRec.Functions.Runs;

/// <summary>GET /api/runs and GET /api/runs/{runId}: what the retrain runs did, and the progress of the current one.</summary>
sealed class RunsFunction(RunLog runs)
{
    const int MaxListed = 100;
    const string Consequence = "The record of runs cannot be read.";

    [Function("Runs")]
    [OnStorageFailure(Consequence)]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/runs")] HttpRequest request, CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 20);
        query.Finish();
        var newest = await runs.ListAsync(count, cancellation);
        return Results.Json(new RunList(await runs.StandingAsync(newest, cancellation)), RunsJson.Answers.RunList);
    }

    [Function("Run")]
    [OnStorageFailure(Consequence)]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/runs/{runId}")] HttpRequest request,
        string runId,
        CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        query.Check("runId", runId, id => RunLog.IsId(id.ToString()), "an id of GET /api/runs");
        query.Finish();
        return await runs.GetAsync(runId, cancellation) is { } run
            ? Results.Json((await runs.StandingAsync([run], cancellation))[0], RunsJson.Answers.RunRecord)
            : Problem.Of(StatusCodes.Status404NotFound, $"There is no run '{runId}'.");
    }
}

/// <summary>The newest runs, newest first.</summary>
sealed record RunList(IReadOnlyList<RunRecord> Runs);
