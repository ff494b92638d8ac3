using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Http;
using SasRec.Storage.Training;

namespace SasRec.Functions.Runs;

/// <summary>GET /api/runs and GET /api/runs/{runId}: what the retrain runs did, and what the one at work is doing.</summary>
sealed class RunsFunction(RunLog runs, ILogger<RunsFunction> log)
{
    const int MaxListed = 100;
    const string Consequence = "The record of runs cannot be read.";

    [Function("Runs")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 20);
        query.RefuseUnknown();
        return errors.Refusal() ?? await StorageFailure.GuardAsync(
            log, Consequence, async () => Results.Json(
                new RunList(await runs.StandingAsync(await runs.ListAsync(count, cancellation), cancellation)), RunsJson.Answers.RunList));
    }

    [Function("Run")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs/{runId}")] HttpRequest request,
        string runId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        new QueryReader(request.Query, errors).RefuseUnknown();
        if (!RunLog.IsId(runId))
        {
            errors.Add("runId", runId, "an id of GET /api/runs");
        }

        return errors.Refusal() ?? await StorageFailure.GuardAsync(
            log,
            Consequence,
            async () => await runs.GetAsync(runId, cancellation) is { } run
                ? Results.Json((await runs.StandingAsync([run], cancellation))[0], RunsJson.Answers.RunRecord)
                : Problem.Of(StatusCodes.Status404NotFound, $"There is no run '{runId}'."));
    }
}

/// <summary>The newest runs, newest first.</summary>
sealed record RunList(IReadOnlyList<RunRecord> Runs);
