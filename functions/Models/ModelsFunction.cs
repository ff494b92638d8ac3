using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Http;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Functions.Models;

/// <summary>GET /api/models and POST /api/models/{version}/activate: what was published, what serves, and which should.</summary>
sealed class ModelsFunction(ModelRegistry registry, ILogger<ModelsFunction> log)
{
    const int MaxListed = 200;
    const int MaxBodyBytes = 16 * 1024;

    [Function("Models")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "models")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 20);
        query.RefuseUnknown();
        return errors.Refusal() ?? await StorageFailure.GuardAsync(log, "The models cannot be listed.", async () =>
        {
            var active = await registry.CurrentAsync(cancellation);
            var shadow = await registry.ShadowIfChangedAsync(null, cancellation);
            var models = await registry.ListAsync(count, cancellation);
            return Results.Json(
                ModelList.Of(active?.Pointer, shadow?.Pointer.Version, models),
                ApiJson.Answers.ModelList);
        });
    }

    [Function("ActivateModel")]
    public async Task<IResult> Activate(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "models/{version}/activate")] HttpRequest request,
        string version,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadAsync(request, MaxBodyBytes, errors, cancellation);
        var activation = Activation.Read(body.Bytes, errors);
        return errors.Refusal() ?? await StorageFailure.GuardAsync(log, "Which model serves may or may not have changed.", async () =>
        {
            try
            {
                var active = await registry.ActivateAsync(version, activation.By, activation.Reason, activation.Override, cancellation);
                return Results.Json(active.Pointer.History[0], ApiJson.Answers.ModelMove);
            }
            catch (ModelRefusedException e)
            {
                return Problem.Of(
                    StatusCodes.Status409Conflict, e.Message, $"{string.Join(' ', e.Verdict.Reasons)} With \"override\": true it serves all the same.");
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
}
