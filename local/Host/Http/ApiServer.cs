using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SasRec.Host.Settings;
using SasRec.Host.Worker;
using Yarp.ReverseProxy.Forwarder;

namespace SasRec.Host.Http;

/// <summary>The web server that clients speak with.</summary>
static class ApiServer
{
    public static WebApplication Build(
        HostSettings settings, IReadOnlyList<FunctionDefinition> functions, WorkerChannel worker, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(loggers);
        builder.Services.AddHttpForwarder();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(CorsPolicy(settings.Configuration)));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = settings.MaxBodyBytes;
            kestrel.Listen(IPAddress.Loopback, settings.Port);
        });
        var app = builder.Build();
        app.UseCors();
        app.Use(Problems.AnswerAsync);

        var keys = new FunctionKeys(settings.Configuration, settings.Scopes);
        var log = loggers.CreateLogger("Host.Http");
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        var client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false, AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None, UseCookies = false,
            ActivityHeadersPropagator = null,
        });
        foreach (var function in functions)
        {
            if (function.Trigger is HttpTrigger trigger)
            {
                var endpoint = new HttpFunction(function, trigger, worker, forwarder, client, keys, log);
                app.Map(Route(function, trigger, settings), endpoint.InvokeAsync)
                    .WithDisplayName(function.Name).WithMetadata(endpoint, new HttpMethodMetadata(trigger.Methods));
            }
        }

        return app;
    }

    public static string Route(FunctionDefinition function, HttpTrigger trigger, HostSettings settings) =>
        $"{settings.RoutePrefix}/{(trigger.Route ?? function.Name).TrimStart('/')}".TrimStart('/');

    /// <summary>The origins that local.settings.json's CORS lists, separated by commas, or <c>*</c>; none unless it is set.</summary>
    static CorsPolicy CorsPolicy(IConfiguration settings)
    {
        var origins = (settings["Host:CORS"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var policy = new CorsPolicyBuilder(origins).AllowAnyHeader().AllowAnyMethod();
        return (settings.GetValue("Host:CORSCredentials", false) ? policy.AllowCredentials() : policy).Build();
    }
}
