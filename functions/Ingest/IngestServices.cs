using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Ingest;

/// <summary>What takes events in.</summary>
static class IngestServices
{
    public static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(Settings.Read<IngestOptions>(configuration, "Ingest").Validated());
}
