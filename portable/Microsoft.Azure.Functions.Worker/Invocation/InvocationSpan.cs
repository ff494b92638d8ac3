using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Patterns;

namespace SasRec.Portable.LocalHost.Invocation;

/// <summary>The spans that the Functions host and worker make in Azure: one of the request, one of the invocation below it.</summary>
static class InvocationSpan
{
    static readonly ActivitySource Source = new("Microsoft.Azure.Functions.Worker");

    /// <summary>The span of an invocation, named as the genuine worker names it; null where nobody listens.</summary>
    public static Activity? Start(LocalFunctionContext context) => Source.StartActivity("Invoke", ActivityKind.Server)?
        .SetTag("faas.execution", context.InvocationId)
        .SetTag("faas.name", context.FunctionDefinition.Name);

    /// <summary>Names the span of a request by its route. Its path is kept out: ids stand there.</summary>
    public static void NameRequest(HttpContext http, RoutePattern route)
    {
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } request)
        {
            request.DisplayName = $"{http.Request.Method} /{route.RawText}";
            request.SetTag("http.request.method", http.Request.Method).SetTag("http.route", $"/{route.RawText}");
            http.Response.OnCompleted(() =>
            {
                request.SetTag("http.response.status_code", http.Response.StatusCode);
                return Task.CompletedTask;
            });
        }
    }
}
