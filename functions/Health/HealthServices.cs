using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Health;

/// <summary>What says how the application is.</summary>
static class HealthServices
{
    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(Settings.Read<HealthOptions>(configuration, "Health").Validated())
        .AddSingleton<HealthChecks>();
}
