using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;

namespace SasRec.Functions.Spaces;

/// <summary>What keeps spaces apart.</summary>
static class SpaceRegistration
{
    /// <summary>Adds the spaces that the settings name, and the default one.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configuration">The settings.</param>
    /// <param name="kept">Where the default space keeps on disk what it last read; empty for nowhere.</param>
    /// <param name="add">Adds the services of a space, by its name.</param>
    public static IServiceCollection AddSpaces(
        this IServiceCollection services, IConfiguration configuration, string kept, Action<IServiceCollection, string> add)
    {
        var options = OptionsReader.Read<SpaceOptions>(configuration.AsEnumerable());

        // Now and not at the start, so that a wrong setting is told before anything runs.
        var added = options.List().Prepend("").ToDictionary(name => name, name =>
        {
            IServiceCollection space = new ServiceCollection();
            add(space, name);
            return space;
        });
        return services
            .AddSingleton(options)
            .AddSingleton<IFunctionMetadataTransformer, SpaceFunctions>()
            .AddSingleton(application => new SpaceSet(added, kept, application))
            .AddHostedService(application => application.GetRequiredService<SpaceSet>());
    }
}
