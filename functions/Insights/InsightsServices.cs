using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Insights;

/// <summary>What reports on what was served and what followed.</summary>
static class InsightsServices
{
    public static IServiceCollection AddInsights(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(Settings.Read<InsightsOptions>(configuration, "Insights").Validated())
        .AddSingleton<SampledActivity>()
        .AddSingleton<InsightsReports>();
}
