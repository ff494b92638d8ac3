using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Shadow;

/// <summary>What lets a second model score live traffic without showing anything.</summary>
static class ShadowServices
{
    public static IServiceCollection AddShadow(this IServiceCollection services) => services
        .AddSingleton<ShadowCounts>()
        .AddSingleton<ShadowScorer>()
        .AddHostedService(provider => provider.GetRequiredService<ShadowScorer>());
}
