using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SasRec.Core.Options;
using SasRec.Functions.Access;
using SasRec.Functions.Deletions;
using SasRec.Functions.Experiments;
using SasRec.Functions.Health;
using SasRec.Functions.Http;
using SasRec.Functions.Impressions;
using SasRec.Functions.Ingest;
using SasRec.Functions.Insights;
using SasRec.Functions.Items;
using SasRec.Functions.Page;
using SasRec.Functions.Retrain;
using SasRec.Functions.Rules;
using SasRec.Functions.Serve;
using SasRec.Functions.Shadow;
using SasRec.Functions.Spaces;
using SasRec.Functions.StorageAccount;
using SasRec.Functions.Telemetry;

namespace SasRec.Functions;

/// <summary>The application put together: one line for each concern.</summary>
static class FunctionsApp
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication().UseMiddleware<RequestSpans>().UseMiddleware<SpaceChoice>()
            .UseMiddleware<LoadShedding>().UseMiddleware<RoleCheck>().UseMiddleware<ProblemMiddleware>();

        // RequestBody bounds what is read of a body, by the option of each endpoint; Kestrel's own limit would answer first, and not in problem+json.
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var kept = builder.Configuration["Serve:ModelCache"] ?? "";
        builder.Services.AddSingleton(TimeProvider.System)
            .AddSingleton<IFunctionMetadataTransformer, ApiRoutes>()
            .AddTelemetry(builder.Configuration)
            // Behind the export: a space measures its queues only where somebody listens.
            .AddSpaces(builder.Configuration, kept, (services, space) => AddSpace(services, builder.Configuration, space, KeptFolder.Of(kept, space)))
            .AddSingleton(OptionsReader.Read<LoadOptions>(builder.Configuration.AsEnumerable()))
            .AddSingleton(OptionsReader.Read<AccessOptions>(builder.Configuration.AsEnumerable()))
            .AddPage(builder.Configuration);
        return builder;
    }

    /// <summary>Everything that a space has of its own: whatever holds something, or knows where it is stored.</summary>
    /// <param name="services">The services of the space.</param>
    /// <param name="configuration">The settings, the same for all spaces.</param>
    /// <param name="space">The space's name; empty for the default one.</param>
    /// <param name="kept">Where it keeps on disk what it last read; empty for nowhere.</param>
    static void AddSpace(IServiceCollection services, ConfigurationManager configuration, string space, string kept) => services
        .AddSingleton(OptionsReader.Read<LoadOptions>(configuration.AsEnumerable()))
        .AddSingleton<LoadShedding>()
        .AddStorage(configuration, space)
        .AddHostedService<QueueMeter>()
        .AddIngest(configuration)
        .AddItems(configuration, kept)
        .AddRules(configuration, kept)
        .AddExperiments(configuration)
        .AddServing(configuration, kept)
        .AddImpressions()
        .AddShadow()
        .AddInsights(configuration)
        .AddDeletions(configuration)
        .AddRetraining(configuration)
        .AddHealth(configuration);
}
