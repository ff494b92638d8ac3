using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;
using SasRec.Storage;

namespace SasRec.Functions.Retrain;

/// <summary>What starts the trainer job: a Container Apps job where <c>Trainer__Job</c> names one, else a child process.</summary>
static class RetrainServices
{
    public static IServiceCollection AddRetraining(this IServiceCollection services, IConfiguration configuration)
    {
        var trainer = OptionsReader.Read<TrainerOptions>(configuration.AsEnumerable());
        services
            .AddSingleton(OptionsReader.Read<RetrainOptions>(configuration.AsEnumerable()))
            .AddSingleton(trainer)
            .AddSingleton(new RetrainSchedule(configuration["RetrainSchedule"]))
            .AddSingleton<Retraining>();
        if (trainer.Job is { Length: > 0 } job)
        {
            var management = new Uri(trainer.Management);
            return services
                .AddSingleton(provider => new ContainerJob(management, job, Identity(provider), new ContainerJobOptions()))
                .AddSingleton<ITrainerLauncher, ContainerJobLauncher>();
        }

        return services
            .AddSingleton<TrainerLauncher>()
            .AddSingleton<ITrainerLauncher>(provider => provider.GetRequiredService<TrainerLauncher>())
            .AddHostedService(provider => provider.GetRequiredService<TrainerLauncher>());
    }

    static DefaultAzureCredential Identity(IServiceProvider provider) => new(new DefaultAzureCredentialOptions
    {
        ManagedIdentityClientId = provider.GetRequiredService<StorageConnection>().Options.ClientId,
    });
}
