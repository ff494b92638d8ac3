using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Training;

namespace SasRec.Functions.Retrain;

/// <summary>Starts the trainer as a child process, and records the runs that could not record their own end.</summary>
sealed class TrainerLauncher(
    TrainerOptions options,
    IConfiguration configuration,
    StorageConnection storage,
    RunLog runs,
    TimeProvider clock,
    ILogger<TrainerLauncher> log) : ITrainerLauncher, IHostedService, IDisposable
{
    readonly SemaphoreSlim gate = new(1);
    readonly CancellationTokenSource stopping = new();
    Task running = Task.CompletedTask;

    public async Task<string?> TryStartAsync(string trigger, bool refresh, CancellationToken cancellation)
    {
        await gate.WaitAsync(cancellation);
        try
        {
            if (!running.IsCompleted || await HeldAsync(cancellation))
            {
                return null;
            }

            var run = new RunRecord { RunId = runs.NewId(), Trigger = trigger, Refresh = refresh, StartedAt = clock.GetUtcNow() };
            var job = TrainerProcess.Start(options, TrainerArguments.OfRun(run.RunId, trigger, storage.Options.Space, refresh), configuration, log);
            log.LogInformation("Run {Run} started by {Trigger} as process {Process}.", run.RunId, trigger, job.Id);
            running = FollowAsync(job, run);
            return run.RunId;
        }
        finally
        {
            gate.Release();
        }
    }

    // Each run is followed to its end by the process that started it.
    public Task SettleAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await running;
    }

    public void Dispose()
    {
        stopping.Dispose();
        gate.Dispose();
    }

    /// <summary>Whether the training lease is held. The job takes it itself; this only avoids a useless start.</summary>
    async Task<bool> HeldAsync(CancellationToken cancellation)
    {
        await using var right = await SingleFlight.TryAcquireAsync(storage, Names.RetrainLease, cancellation);
        return right is null;
    }

    async Task FollowAsync(TrainerProcess job, RunRecord run)
    {
        using (job)
        {
            try
            {
                var code = await EndAsync(job);
                log.LogInformation("Run {Run} ended with exit code {Code}.", run.RunId, code);
                if ((ExitCode)code is not (ExitCode.Ok or ExitCode.GateRefused or ExitCode.LeaseHeld or ExitCode.Interrupted))
                {
                    await RecordAsync(job, code, run);
                }
            }
            catch (Exception e)
            {
                log.LogError(e, "Failed to record the end of run {Run}.", run.RunId);
            }
        }
    }

    async Task<int> EndAsync(TrainerProcess job)
    {
        try
        {
            return await job.WaitAsync(stopping.Token);
        }
        catch (OperationCanceledException)
        {
            job.Kill();
            return await job.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Ends the record of a run that did not end it itself.</summary>
    async Task RecordAsync(TrainerProcess job, int code, RunRecord run)
    {
        var recorded = await runs.GetAsync(run.RunId) ?? run;
        if (recorded.Outcome != RunOutcome.Running)
        {
            return;
        }

        await runs.SaveAsync(recorded with
        {
            FinishedAt = clock.GetUtcNow(),
            Outcome = stopping.IsCancellationRequested ? RunOutcome.Cancelled : RunOutcome.Failed,
            Error = $"The trainer job ended with exit code {code}.\n{job.LastWords}".TrimEnd(),
        });
    }
}
