using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;

namespace SasRec.Functions.Health;

/// <summary>The health checks.</summary>
static class HealthServices
{
    public static IServiceCollection AddHealth(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(OptionsReader.Read<HealthOptions>(configuration.AsEnumerable()))
        .AddSingleton<HealthChecks>();
}
