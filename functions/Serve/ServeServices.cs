using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Serve;

/// <summary>What answers recommendations.</summary>
static class ServeServices
{
    public static IServiceCollection AddServing(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(Settings.Read<ServeOptions>(configuration, "Serve").Validated())
        .AddSingleton<ModelHolder>()
        .AddSingleton<Recommender>()
        .AddHostedService<ModelWatcher>();
}
