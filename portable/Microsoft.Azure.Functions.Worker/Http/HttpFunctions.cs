using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using SasRec.Portable.LocalHost.Configuration;
using SasRec.Portable.LocalHost.Invocation;

namespace SasRec.Portable.LocalHost.Http;

/// <summary>Makes an endpoint of each HTTP function.</summary>
static class HttpFunctions
{
    static readonly string[] PortSettings = ["port", "FUNCTIONS_PORT", "Host:LocalHttpPort"];

    public const string HttpContextKey = "HttpRequestContext";

    /// <summary>Where to listen: <c>--port</c>, FUNCTIONS_PORT, local.settings.json's LocalHttpPort or ASPNETCORE_URLS, the first that is set; port 7071 else.</summary>
    /// <exception cref="InvalidDataException">The port is no number from 0 to 65,535.</exception>
    public static string Address(IConfiguration settings)
    {
        var name = PortSettings.FirstOrDefault(n => !string.IsNullOrEmpty(settings[n]));
        if (name is null)
        {
            return settings["urls"] ?? "http://localhost:7071";
        }

        return ushort.TryParse(settings[name], out var port)
            ? port == 0 ? "http://127.0.0.1:0" : $"http://localhost:{port}"
            : throw new InvalidDataException($"{name} must be a port from 0 to 65535, found '{settings[name]}'.");
    }

    /// <summary>The origins that local.settings.json's CORS lists, separated by commas, or <c>*</c>; none unless it is set.</summary>
    public static CorsPolicy CorsPolicy(IConfiguration settings)
    {
        var origins = (settings["Host:CORS"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var policy = new CorsPolicyBuilder(origins).AllowAnyHeader().AllowAnyMethod();
        return (bool.TryParse(settings["Host:CORSCredentials"], out var credentials) && credentials ? policy.AllowCredentials() : policy).Build();
    }

    public static void Map(WebApplication app, IReadOnlyList<LocalFunction> functions, HostSettings host)
    {
        var keys = new FunctionKeys(app.Configuration);
        app.UseCors();
        app.Use(Problems.AnswerAsync);
        if (host.Http.MaxConcurrentRequests > 0)
        {
            app.Use(Limit(host.Http));
        }

        foreach (var function in functions)
        {
            if (function.Trigger is HttpTriggerAttribute trigger)
            {
                Map(app, function, trigger, host, keys);
            }
        }
    }

    public static string Route(LocalFunction function, HttpTriggerAttribute trigger, HostSettings host) =>
        $"{host.Http.RoutePrefix}/{(trigger.Route ?? function.Name).TrimStart('/')}".TrimStart('/');

    static void Map(IEndpointRouteBuilder app, LocalFunction function, HttpTriggerAttribute trigger, HostSettings host, FunctionKeys keys)
    {
        var pattern = RoutePatternFactory.Parse(Route(function, trigger, host));
        Check(function, trigger, pattern);
        var invoker = new FunctionInvoker(function, request => request);

        async Task Invoke(HttpContext http)
        {
            if (!keys.Admits(http.Request, trigger.AuthLevel))
            {
                await Problems.WriteAsync(http, StatusCodes.Status401Unauthorized, "A valid function key is required: header x-functions-key or ?code=.");
                return;
            }

            InvocationSpan.NameRequest(http, pattern);
            using var timeout = InvocationTimeout.Of(host, http.RequestServices, http.RequestAborted);
            var context = new LocalFunctionContext(function, http.Request, http.Request.RouteValues, http.RequestServices, timeout.Token);
            context.Items[HttpContextKey] = http;
            switch (await invoker.InvokeAsync(context))
            {
                case IActionResult action:
                    await action.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
                    break;
                case IResult result:
                    await result.ExecuteAsync(http);
                    break;
            }
        }

        app.Map(pattern, Invoke).WithDisplayName(function.Name)
            .WithMetadata(function, new HttpMethodMetadata((trigger.Methods ?? []).Select(m => m.ToUpperInvariant())));
    }

    static void Check(LocalFunction function, HttpTriggerAttribute trigger, RoutePattern pattern)
    {
        if (trigger.AuthLevel == AuthorizationLevel.User)
        {
            throw new NotSupportedException($"Function '{function.Name}': the local host knows no AuthorizationLevel.User.");
        }

        if (function.TriggerParameter.ParameterType != typeof(HttpRequest))
        {
            throw new NotSupportedException($"Function '{function.Name}': the HTTP trigger must be an HttpRequest, found {function.TriggerParameter.ParameterType}.");
        }

        // The genuine worker answers 200 without a body for anything else, which no caller wants.
        var returns = function.Method.ReturnType.IsGenericType ? function.Method.ReturnType.GenericTypeArguments[0] : function.Method.ReturnType;
        if (returns != typeof(void) && returns != typeof(Task) && !returns.IsAssignableTo(typeof(IActionResult)) && !returns.IsAssignableTo(typeof(IResult)))
        {
            throw new NotSupportedException($"Function '{function.Name}' returns {returns}; an HTTP function returns IActionResult or IResult.");
        }

        foreach (var parameter in function.Method.GetParameters())
        {
            if (parameter != function.TriggerParameter && parameter.ParameterType != typeof(FunctionContext)
                && parameter.ParameterType != typeof(CancellationToken) && pattern.GetParameter(parameter.Name!) is null)
            {
                throw new InvalidOperationException($"Function '{function.Name}': parameter '{parameter.Name}' is not part of its route '{pattern.RawText}'.");
            }
        }
    }

    static Func<HttpContext, RequestDelegate, Task> Limit(HttpSettings http)
    {
        var limiter = new ConcurrencyLimiter(new ConcurrencyLimiterOptions
        {
            PermitLimit = http.MaxConcurrentRequests,
            QueueLimit = http.MaxOutstandingRequests < 0 ? int.MaxValue : Math.Max(0, http.MaxOutstandingRequests - http.MaxConcurrentRequests),
        });
        return async (context, next) =>
        {
            using var lease = await limiter.AcquireAsync(1, context.RequestAborted);
            await (lease.IsAcquired
                ? next(context)
                : Problems.WriteAsync(context, StatusCodes.Status429TooManyRequests, $"{http.MaxOutstandingRequests} requests are outstanding; try again."));
        };
    }
}
