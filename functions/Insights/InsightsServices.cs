using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;

namespace SasRec.Functions.Insights;

/// <summary>What reports on what was served and what followed.</summary>
static class InsightsServices
{
    public static IServiceCollection AddInsights(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(OptionsReader.Read<InsightsOptions>(configuration.AsEnumerable()))
        .AddSingleton<SampledActivity>()
        .AddSingleton<InsightsReports>();
}
