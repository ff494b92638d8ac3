using Azure;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Telemetry;
using SasRec.Storage.Training;

namespace SasRec.Functions.Retrain;

/// <summary>Starts the trainer as a Container Apps job, and notices the runs that died there.</summary>
sealed class ContainerJobLauncher(
    ContainerJob job, IConfiguration configuration, StorageConnection storage, RunLog runs, TimeProvider clock, ILogger<ContainerJobLauncher> log) : ITrainerLauncher
{
    // Older executions have been settled, or are of no interest.
    static readonly TimeSpan Memory = TimeSpan.FromDays(7);

    public async Task<string?> TryStartAsync(string trigger, bool refresh, CancellationToken cancellation)
    {
        try
        {
            // An execution holds the lease only once its container runs; until then Azure alone knows of it.
            if ((await ExecutionsAsync(cancellation)).Any(execution => execution.IsOpen) || await HeldAsync(cancellation))
            {
                return null;
            }

            var run = runs.NewId();
            var variables = new Dictionary<string, string>();
            foreach (var setting in configuration.GetSection("Events").GetChildren().Where(setting => setting.Value is not null))
            {
                // What events mean is one answer, for serving and for training.
                variables[$"Events__{setting.Key}"] = setting.Value!;
            }

            if (TraceLink.Current is { } current)
            {
                variables[TraceLink.Variable] = current;
            }

            var execution = await job.StartAsync(TrainerArguments.OfRun(run, trigger, storage.Options.Space, refresh), variables, cancellation);
            log.LogInformation("Run {Run} started by {Trigger} as execution {Execution}.", run, trigger, execution);
            return run;
        }
        catch (RequestFailedException e)
        {
            throw new InvalidOperationException(WhatToDo(e), e);
        }
    }

    public async Task SettleAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var execution in await ExecutionsAsync(cancellation))
            {
                if (execution is { IsOpen: false, Status: not "Succeeded" } && execution.StartedAt > clock.GetUtcNow() - Memory
                    && execution.Argument(TrainerArguments.RunId) is { } run)
                {
                    await SettleAsync(execution, run, cancellation);
                }
            }
        }
        catch (RequestFailedException e)
        {
            // The next run is worth more than the record of the last.
            log.LogError(e, "The status of the trainer's executions cannot be read.");
        }
    }

    // The job is one for all spaces, and an execution is for one of them.
    async Task<IEnumerable<JobExecution>> ExecutionsAsync(CancellationToken cancellation) =>
        (await job.ExecutionsAsync(cancellation)).Where(execution => (execution.Argument(TrainerArguments.Space) ?? "") == storage.Options.Space);

    // A person's run on another machine is no execution of the job.
    async Task<bool> HeldAsync(CancellationToken cancellation)
    {
        await using var right = await SingleFlight.TryAcquireAsync(storage, Names.RetrainLease, cancellation);
        return right is null;
    }

    async Task SettleAsync(JobExecution execution, string run, CancellationToken cancellation)
    {
        var recorded = await runs.GetAsync(run, cancellation)
            ?? new RunRecord { RunId = run, Trigger = execution.Argument(TrainerArguments.Trigger) ?? "", StartedAt = execution.StartedAt!.Value };
        if (recorded.Outcome != RunOutcome.Running)
        {
            return;
        }

        await runs.SaveAsync(
            recorded with
            {
                FinishedAt = execution.EndedAt ?? clock.GetUtcNow(),
                Outcome = execution.Status == "Stopped" ? RunOutcome.Cancelled : RunOutcome.Failed,
                Error = $"Execution {execution.Name} of the trainer job ended as {execution.Status} without saying why; its log may.",
            },
            cancellation);
        log.LogError("Run {Run} died: execution {Execution} ended as {Status}.", run, execution.Name, execution.Status);
    }

    static string WhatToDo(RequestFailedException e) => e.Status switch
    {
        401 or 403 => "Azure does not let this application start the trainer job: " +
            $"it needs the role Container Apps Jobs Operator on it ({e.ErrorCode}).",
        404 => $"There is no trainer job of the id in Trainer__Job ({e.ErrorCode}).",
        0 => $"Azure's management endpoint is out of reach: {e.Message}",
        _ => $"Azure refused to start the trainer job: {e.Status} {e.ErrorCode}.",
    };
}
