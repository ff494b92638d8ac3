using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.Inference;
using SasRec.Functions.Insights;
using SasRec.Functions.Models;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Functions.Shadow;

/// <summary>POST /api/models/{version}/shadow, GET and DELETE /api/models/shadow: a model that scores live traffic and shows nothing.</summary>
sealed class ShadowFunction(
    ModelRegistry registry, ImpressionLog impressions, ModelSlots models, ShadowCounts counts, InsightsOptions options,
    EventMeanings meanings, TimeProvider clock)
{
    [Function("StartShadow")]
    [OnStorageFailure("The shadow may or may not have changed.")]
    public async Task<IResult> Start(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/models/{version}/shadow")] HttpRequest request,
        string version,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var wanted = await Activation.ReadAsync(request, errors, cancellation);
        if (wanted.Override)
        {
            errors.Add("override", "true", "absent: a shadow shows nothing, so there is no refusal to override");
        }

        errors.Refuse();
        try
        {
            return Results.Json(
                await registry.ShadowAsync(version, wanted.By, wanted.Reason, cancellation), ShadowJson.Answers.ShadowPointer);
        }
        catch (ModelNotFoundException e)
        {
            return Problem.Of(StatusCodes.Status404NotFound, e.Message);
        }
        catch (NewerFormatException e)
        {
            return Problem.Of(StatusCodes.Status409Conflict, e.Message);
        }
    }

    [Function("EndShadow")]
    [OnStorageFailure("The shadow may or may not have ended.")]
    public async Task<IResult> End(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/models/shadow")] HttpRequest request, CancellationToken cancellation)
    {
        new QueryReader(request).Finish();
        return Results.Json(await registry.EndShadowAsync("http", "ended", cancellation), ShadowJson.Answers.ShadowPointer);
    }

    [Function("Shadow")]
    [OnStorageFailure("The shadow's record cannot be read.")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/models/shadow")] HttpRequest request, CancellationToken cancellation)
    {
        new QueryReader(request).Finish();
        var pointer = (await registry.ShadowIfChangedAsync(null, cancellation))?.Pointer;
        ShadowFindings? findings = null;
        if (pointer?.Version is { } version)
        {
            var until = clock.GetUtcNow() + InteractionRules.ClockSkew;
            var newest = await impressions.NewestSlatesAsync(pointer.Since, until, options.Slates, cancellation);
            findings = ShadowFindings.Of(newest.Slates, version, options.Ledger(meanings));
        }

        return Results.Json(new ShadowReport(pointer, ShadowInstance.Of(models.Shadow, counts), findings), ShadowJson.Answers.ShadowReport);
    }
}
