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
using SasRec.Functions.StorageAccount;
using SasRec.Functions.Telemetry;

namespace SasRec.Functions;

/// <summary>The application put together: one line for each concern.</summary>
static class FunctionsApp
{
    public static FunctionsApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication().UseMiddleware<RequestSpans>().UseMiddleware<LoadShedding>().UseMiddleware<RoleCheck>().UseMiddleware<ProblemMiddleware>();

        // RequestBody bounds what is read of a body, by the option of each endpoint; Kestrel's own limit would answer first, and not in problem+json.
        builder.Services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var kept = builder.Configuration["Serve:ModelCache"] ?? "";
        builder.Services.AddSingleton(TimeProvider.System)
            .AddSingleton<IFunctionMetadataTransformer, ApiRoutes>()
            .AddSingleton(OptionsReader.Read<LoadOptions>(builder.Configuration.AsEnumerable()))
            .AddSingleton(OptionsReader.Read<AccessOptions>(builder.Configuration.AsEnumerable()))
            .AddStorage(builder.Configuration)
            .AddTelemetry(builder.Configuration)
            .AddIngest(builder.Configuration)
            .AddItems(builder.Configuration, kept)
            .AddRules(builder.Configuration, kept)
            .AddExperiments(builder.Configuration)
            .AddServing(builder.Configuration)
            .AddImpressions()
            .AddShadow()
            .AddInsights(builder.Configuration)
            .AddDeletions(builder.Configuration)
            .AddRetraining(builder.Configuration)
            .AddHealth(builder.Configuration)
            .AddPage(builder.Configuration);
        return builder;
    }
}
