using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Portable.LocalHost;
using SasRec.Portable.LocalHost.Configuration;
using SasRec.Portable.LocalHost.Http;
using SasRec.Portable.LocalHost.Invocation;
using SasRec.Portable.LocalHost.Queues;
using SasRec.Portable.LocalHost.Timers;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Builds a Functions application and, here, the local development host that runs it.</summary>
public sealed class FunctionsApplicationBuilder : IHostApplicationBuilder
{
    readonly WebApplicationBuilder web;
    readonly IReadOnlyList<Type> functionClasses;
    readonly SettingsFiles files;

    internal FunctionsApplicationBuilder(IReadOnlyList<Type> functionClasses, SettingsFiles files, string[]? args)
    {
        (this.functionClasses, this.files) = (functionClasses, files);
        web = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            EnvironmentName = System.Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT")
                ?? System.Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environments.Development,
        });
        LocalSettings.AddTo(web.Configuration, files.LocalSettings);
        web.Services.Configure<JsonSerializerOptions>(json => json.PropertyNameCaseInsensitive = true);
        web.Logging.AddSimpleConsole(console => console.TimestampFormat = "HH:mm:ss.fff ");
        web.Logging.AddFilter("Microsoft", LogLevel.Warning);
    }

    /// <inheritdoc/>
    public IDictionary<object, object> Properties => ((IHostApplicationBuilder)web).Properties;

    /// <summary>Settings: local.settings.json, then environment variables, then the command line, the later the stronger.</summary>
    public ConfigurationManager Configuration => web.Configuration;

    IConfigurationManager IHostApplicationBuilder.Configuration => web.Configuration;

    /// <inheritdoc/>
    public IHostEnvironment Environment => web.Environment;

    /// <inheritdoc/>
    public ILoggingBuilder Logging => web.Logging;

    /// <inheritdoc/>
    public IMetricsBuilder Metrics => web.Metrics;

    /// <inheritdoc/>
    public IServiceCollection Services => web.Services;

    internal bool TakesRequests { get; set; }

    /// <summary>The host with every function that was found; it listens once it is started.</summary>
    /// <exception cref="InvalidDataException">host.json, local.settings.json or a setting that a function names is wrong.</exception>
    /// <exception cref="NotSupportedException">A function asks for what the local host lacks.</exception>
    public IHost Build()
    {
        var host = HostSettings.Read(files.HostJson, Configuration);
        var functions = LocalFunction.Find(functionClasses, Configuration);
        if (!TakesRequests && functions.FirstOrDefault(f => f.Trigger is HttpTriggerAttribute) is { } http)
        {
            throw new InvalidOperationException($"Function '{http.Name}' has an HTTP trigger: call builder.ConfigureFunctionsWebApplication().");
        }

        Logging.AddConfiguration(host.Logging).AddConfiguration(Configuration.GetSection("AzureFunctionsJobHost:logging"));
        Services.AddCors(cors => cors.AddDefaultPolicy(HttpFunctions.CorsPolicy(Configuration)));
        Services.AddSingleton(host);
        Services.AddSingleton<IReadOnlyList<LocalFunction>>(functions);
        Services.AddHostedService<QueueListeners>();
        Services.AddHostedService<TimerListeners>();
        Services.AddHostedService<StartNotice>();
        Services.AddHostedService<EndOfInput>();
        web.WebHost.UseUrls(HttpFunctions.Address(Configuration));
        web.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = host.Http.MaxRequestBodySize);

        var app = web.Build();
        HttpFunctions.Map(app, functions, host);
        return app;
    }

    /// <inheritdoc/>
    public void ConfigureContainer<TContainerBuilder>(
        IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull =>
        ((IHostApplicationBuilder)web).ConfigureContainer(factory, configure);

    internal static FunctionsApplicationBuilder For(Assembly assembly, string[] args)
    {
        string?[] folders =
        [
            System.Environment.GetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY"),
            Path.GetDirectoryName(assembly.Location),
            Directory.GetCurrentDirectory(),
        ];
        return new FunctionsApplicationBuilder(assembly.GetTypes(), SettingsFiles.In(folders), args);
    }
}
