using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace SasRec.Functions.Telemetry;

/// <summary>Names the span of each request by its method and route, as OpenTelemetry's conventions do. The path is left out: it holds ids.</summary>
sealed class RequestSpans : IFunctionsWorkerMiddleware
{
    public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }
            && http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
        {
            Name(span, http, "/" + pattern.TrimStart('/'));
        }

        return next(context);
    }

    static void Name(Activity span, HttpContext http, string route)
    {
        span.DisplayName = $"{http.Request.Method} {route}";
        span.SetTag("http.request.method", http.Request.Method).SetTag("http.route", route);
        http.Response.OnCompleted(() =>
        {
            span.SetTag("http.response.status_code", http.Response.StatusCode);
            return Task.CompletedTask;
        });
    }
}
