using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Functions.Models;

/// <summary>GET /api/models and POST /api/models/{version}/activate: the published models, and which one serves.</summary>
sealed class ModelsFunction(ModelRegistry registry)
{
    const int MaxListed = 200;

    [Function("Models")]
    [OnStorageFailure("The models cannot be listed.")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/models")] HttpRequest request, CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 20);
        query.Finish();
        var active = await registry.CurrentAsync(cancellation);
        var shadow = await registry.ShadowIfChangedAsync(null, cancellation);
        var models = await registry.ListAsync(count, cancellation);
        return Results.Json(ModelList.Of(active?.Pointer, shadow?.Pointer.Version, models), ModelsJson.Answers.ModelList);
    }

    [Function("ActivateModel")]
    [OnStorageFailure("Which model serves may or may not have changed.")]
    public async Task<IResult> Activate(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/models/{version}/activate")] HttpRequest request,
        string version,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var activation = await Activation.ReadAsync(request, errors, cancellation);
        errors.Refuse();
        try
        {
            var active = await registry.ActivateAsync(version, activation.By, activation.Reason, activation.Override, cancellation);
            return Results.Json(active.Pointer.History[0], ModelsJson.Answers.ModelMove);
        }
        catch (ModelRefusedException e)
        {
            return Problem.Of(
                StatusCodes.Status409Conflict, e.Message, $"{string.Join(' ', e.Verdict.Reasons)} \"override\": true activates it all the same.");
        }
        catch (ModelNotFoundException e)
        {
            return Problem.Of(StatusCodes.Status404NotFound, e.Message);
        }
        catch (Exception e) when (e is NewerFormatException or ModelCorruptException)
        {
            return Problem.Of(StatusCodes.Status409Conflict, e.Message);
        }
    }
}
