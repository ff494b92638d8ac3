using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.Insights;
using SasRec.Functions.Models;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Functions.Shadow;

/// <summary>POST /api/models/{version}/shadow, GET and DELETE /api/models/shadow: a model that scores live traffic and shows nothing.</summary>
sealed class ShadowFunction(
    ModelRegistry registry, ImpressionLog impressions, ShadowHolder holder, InsightsOptions options, TimeProvider clock, ILogger<ShadowFunction> log)
{
    const int MaxBodyBytes = 16 * 1024;

    [Function("StartShadow")]
    public async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "models/{version}/shadow")] HttpRequest request,
        string version,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadAsync(request, MaxBodyBytes, errors, cancellation);
        var wanted = Activation.Read(body.Bytes, errors);
        if (wanted.Override)
        {
            errors.Add("override", "true", "absent: a shadow shows nothing, so that nothing is overridden");
        }

        return errors.Refusal() ?? await StorageFailure.GuardAsync(log, "The shadow may or may not have changed.", async () =>
        {
            try
            {
                return Results.Json(
                    await registry.ShadowAsync(version, wanted.By, wanted.Reason, cancellation), ApiJson.Answers.ShadowPointer);
            }
            catch (ModelNotFoundException e)
            {
                return Problem.Of(StatusCodes.Status404NotFound, e.Message);
            }
            catch (NewerFormatException e)
            {
                return Problem.Of(StatusCodes.Status409Conflict, e.Message);
            }
        });
    }

    [Function("EndShadow")]
    public Task<IResult> End(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "models/shadow")] HttpRequest request, CancellationToken cancellation) =>
        StorageFailure.GuardAsync(log, "The shadow may or may not have ended.", async () =>
            Results.Json(await registry.EndShadowAsync("http", "ended", cancellation), ApiJson.Answers.ShadowPointer));

    [Function("Shadow")]
    public Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "models/shadow")] HttpRequest request, CancellationToken cancellation) =>
        StorageFailure.GuardAsync(log, "The shadow cannot be looked at.", async () =>
        {
            var pointer = (await registry.ShadowIfChangedAsync(null, cancellation))?.Pointer;
            ShadowFindings? findings = null;
            if (pointer?.Version is { } version)
            {
                var until = clock.GetUtcNow() + InteractionRules.ClockSkew;
                var newest = await impressions.NewestSlatesAsync(pointer.Since, until, options.Slates, cancellation);
                findings = ShadowFindings.Of(newest.Slates, version, options.Ledger());
            }

            return Results.Json(new ShadowReport(pointer, holder.Instance, findings), ApiJson.Answers.ShadowReport);
        });
}
