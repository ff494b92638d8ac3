using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;

namespace SasRec.Functions.Experiments;

/// <summary>The experiments, and what keeps them and their models up to date in memory.</summary>
static class ExperimentServices
{
    public static IServiceCollection AddExperiments(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(OptionsReader.Read<ExperimentOptions>(configuration.AsEnumerable()))
        .AddSingleton<ExperimentModels>()
        .AddSingleton<ExperimentHolder>()
        .AddSingleton<ExperimentShipping>()
        .AddSingleton<ExperimentReports>()
        .AddHostedService(provider => provider.GetRequiredService<ExperimentHolder>());
}
