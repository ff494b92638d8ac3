using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Http;

namespace SasRec.Functions.Retrain;

/// <summary>Starts the trainer job on a schedule and by POST /api/retrain.</summary>
sealed class RetrainFunction(Retraining retraining, ILogger<RetrainFunction> log)
{
    [Function("RetrainOnSchedule")]
    public async Task OnSchedule([TimerTrigger("%RetrainSchedule%")] TimerInfo timer, CancellationToken cancellation)
    {
        var decision = await retraining.StartAsync("timer", force: false, cancellation);
        log.LogInformation("Retrain on schedule (past due: {PastDue}): {Decision}.", timer.IsPastDue, decision?.ToString() ?? "a run is at work");
    }

    [Function("Retrain")]
    public async Task<IResult> OnRequest(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "retrain")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var force = query.Boolean("force") ?? false;
        query.RefuseUnknown();
        return errors.Refusal()
            ?? await StorageFailure.GuardAsync(log, "No retrain run was started.", () => StartAsync(force, cancellation));
    }

    async Task<IResult> StartAsync(bool force, CancellationToken cancellation)
    {
        try
        {
            return await retraining.StartAsync("http", force, cancellation) is { } decision
                ? Results.Json(
                    decision,
                    RetrainJson.Answers.RetrainDecision,
                    statusCode: decision.Started ? StatusCodes.Status202Accepted : StatusCodes.Status200OK)
                : Problem.Of(StatusCodes.Status409Conflict, "A retrain run is at work; GET /api/health shows the newest.");
        }
        catch (InvalidOperationException e)
        {
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, "No retrain run can be started here.", e.Message);
        }
    }
}
