using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;
using SasRec.Functions.Inference;

namespace SasRec.Functions.Serve;

/// <summary>What answers recommendations.</summary>
static class ServeServices
{
    public static IServiceCollection AddServing(this IServiceCollection services, IConfiguration configuration, string cache)
    {
        var options = OptionsReader.Read<ServeOptions>(configuration.AsEnumerable());
        var placements = OptionsReader.ReadNamed<PlacementOptions>(configuration.AsEnumerable());
        return services
            .AddSingleton(options)
            .AddSingleton(new Placements(options, placements))
            .AddModelSlots(options.StartTimeout, options.PollInterval, cache)
            .AddSingleton<Histories>()
            .AddSingleton<ShownItems>()
            .AddSingleton<Recommender>()
            .AddSingleton<Rails>();
    }
}
