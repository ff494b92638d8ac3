using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Functions.Inference;

namespace SasRec.Functions.Serve;

/// <summary>What answers recommendations.</summary>
static class ServeServices
{
    public static IServiceCollection AddServing(this IServiceCollection services, IConfiguration configuration)
    {
        var options = Settings.Read<ServeOptions>(configuration, "Serve").Validated();
        var placements = configuration.GetSection("Placements").GetChildren().ToDictionary(
            placement => placement.Key,
            placement => Settings.Read<PlacementOptions>(configuration, placement.Path).Validated($"Placements__{placement.Key}"));
        return services
            .AddSingleton(options)
            .AddSingleton(new Placements(options, placements))
            .AddModelSlots(options.StartPatience, options.PollInterval)
            .AddSingleton<Recommender>();
    }
}
