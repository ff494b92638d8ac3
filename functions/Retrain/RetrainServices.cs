using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Retrain;

/// <summary>What starts the trainer job.</summary>
static class RetrainServices
{
    public static IServiceCollection AddRetraining(this IServiceCollection services, IConfiguration configuration)
    {
        var options = Settings.Read<RetrainOptions>(configuration, "Retrain") with { Command = configuration["Trainer:Command"] ?? "" };
        return services
            .AddSingleton(options.Validated())
            .AddSingleton<Retraining>()
            .AddSingleton<TrainerLauncher>()
            .AddHostedService(provider => provider.GetRequiredService<TrainerLauncher>());
    }
}
