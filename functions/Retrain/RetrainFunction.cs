using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Http;
using SasRec.Storage.Training;

namespace SasRec.Functions.Retrain;

/// <summary>Starts the trainer job on a schedule and by POST /api/retrain; GET /api/retrain says when the next run is due.</summary>
sealed class RetrainFunction(Retraining retraining, ILogger<RetrainFunction> log)
{
    [Function("RetrainOnSchedule")]
    public async Task OnSchedule([TimerTrigger("%RetrainSchedule%")] TimerInfo timer, CancellationToken cancellation)
    {
        var decision = await retraining.StartAsync("timer", force: false, refresh: null, cancellation);
        log.LogInformation("Retrain on schedule (past due: {PastDue}): {Decision}.", timer.IsPastDue, decision?.ToString() ?? "a run is in progress");
    }

    [Function("RetrainOutlook")]
    [OnStorageFailure("What is new cannot be counted.")]
    public async Task<IResult> Outlook(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/retrain")] HttpRequest request, CancellationToken cancellation)
    {
        new QueryReader(request).Finish();
        return Results.Json(await retraining.OutlookAsync(cancellation), RetrainJson.Answers.RetrainOutlook);
    }

    [Function("Retrain")]
    [OnStorageFailure("No retrain run was started.")]
    public async Task<IResult> OnRequest(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/retrain")] HttpRequest request, CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        var (force, refresh) = (query.Boolean("force") ?? false, query.Boolean("refresh"));
        query.Finish();
        try
        {
            return await retraining.StartAsync("http", force, refresh, cancellation) is { } decision
                ? Results.Json(
                    decision,
                    RetrainJson.Answers.RetrainDecision,
                    statusCode: decision.Started ? StatusCodes.Status202Accepted : StatusCodes.Status200OK)
                : Problem.Of(StatusCodes.Status409Conflict, "A retrain run is in progress; GET /api/runs lists it.");
        }
        catch (Exception e) when (e is InvalidOperationException or SnapshotCorruptException)
        {
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, "No retrain run can be started here.", e.Message);
        }
    }
}
