using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Impressions;

/// <summary>What keeps the evidence of what was served.</summary>
static class ImpressionServices
{
    public static IServiceCollection AddImpressions(this IServiceCollection services) => services.AddSingleton<ImpressionSender>();
}
