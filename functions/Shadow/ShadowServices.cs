using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Shadow;

/// <summary>What lets a second model score live traffic without showing anything.</summary>
static class ShadowServices
{
    public static IServiceCollection AddShadow(this IServiceCollection services) => services
        .AddSingleton<ShadowHolder>()
        .AddSingleton<ShadowScorer>()
        .AddHostedService(provider => provider.GetRequiredService<ShadowScorer>())
        .AddHostedService<ShadowWatcher>();
}
