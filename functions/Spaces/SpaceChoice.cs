using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using SasRec.Functions.Http;
using SasRec.Storage.Telemetry;

namespace SasRec.Functions.Spaces;

/// <summary>Gives each call the services of its space; what follows, the function itself too, comes from them.</summary>
sealed class SpaceChoice(SpaceSet spaces) : IFunctionsWorkerMiddleware
{
    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var http = context.GetHttpContext();
        if (SpaceOf(context.FunctionDefinition.Name, http) is { } name && spaces.Find(name) is { } services)
        {
            http?.Features.Get<IHttpActivityFeature>()?.Activity.SetTag(Attributes.Space, name.Length > 0 ? name : null);
            context.InstanceServices = new SpaceServices(services, context.InstanceServices);
            await next(context);
            return;
        }

        context.GetInvocationResult().Value = Problem.Of(
            StatusCodes.Status401Unauthorized, "A valid function key is required: header x-functions-key or ?code=.");
    }

    // Where there are no other spaces a point in a key means nothing, and the host has not looked at the key of what anybody may ask.
    string? SpaceOf(string function, HttpContext? http) =>
        spaces.OnlyDefault ? ""
        : http is null ? SpaceFunctions.SpaceOf(function)
        : ApiRoutes.IsForAnybody(function) ? ""
        : SpaceKey.SpaceOf(http.Request);
}
