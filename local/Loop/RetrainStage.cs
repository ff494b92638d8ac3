using System.Diagnostics;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Loop;

/// <summary>The model that a retrain put in service, and what its evaluation found.</summary>
sealed record Trained(ModelManifest Model, TimeSpan Took)
{
    public double Ndcg10 => Model.Metrics[MetricNames.Ndcg()];

    public double Hr10 => Model.Metrics[MetricNames.HitRate()];

    /// <summary>Of the slates that the default exploration serves.</summary>
    public double ServedNdcg10 => Model.Metrics[MetricNames.Served(MetricNames.Ndcg())];

    /// <summary>The same of HR@10.</summary>
    public double ServedHr10 => Model.Metrics[MetricNames.Served(MetricNames.HitRate())];

    public double PopularityNdcg10 => Model.Baselines[MetricNames.Popularity][MetricNames.Ndcg()];
}

/// <summary>No model can serve, for a reason that another retrain would not change.</summary>
/// <param name="message">The reason, and what to do.</param>
sealed class NoModelException(string message) : InvalidOperationException(message);

/// <summary>Asks for a retrain over HTTP and follows the record of its run.</summary>
sealed class RetrainStage(StorageConnection storage, ApiClient api)
{
    static readonly TimeSpan LeaseTimeout = TimeSpan.FromMinutes(3);
    const int MaxAttempts = 5;
    readonly RunLog runs = new(storage);

    /// <summary>Trains.</summary>
    /// <exception cref="NoModelException">There is too little to learn from, or the gate keeps the model back.</exception>
    public async Task<Trained> RunAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var runId = await StartAsync(cancellation);
            var run = await EndOfRunAsync(runId, cancellation);
            switch (run?.Outcome)
            {
                case RunOutcome.Published or RunOutcome.NothingNew when await CurrentAsync(cancellation) is { } model:
                    var took = Stopwatch.GetElapsedTime(started);
                    Say.Line($"model {model.Version} serves after {took.TotalSeconds:F0} s");
                    return new Trained(model, took);
                case RunOutcome.Refused when await CurrentAsync(cancellation) is { } serving:
                    Say.Line($"the gate keeps model {run!.ModelVersion} back; {serving.Version} goes on serving. {string.Join(" ", run.Verdict?.Reasons ?? [])}");
                    return new Trained(serving, Stopwatch.GetElapsedTime(started));
                case RunOutcome.Refused:
                    throw new NoModelException(
                        $"The gate keeps model {run!.ModelVersion} back. {string.Join(" ", run.Verdict?.Reasons ?? [])} " +
                        $"POST /api/models/{run.ModelVersion}/activate with {{\"override\":true}} puts it in service all the same.");
                case RunOutcome.NothingNew:
                    throw new NoModelException($"{run!.Error ?? "The log has too little to learn from."}".Trim());
                default:
                    Say.Line(run is null ? $"retrain {runId} left no record" : $"retrain {runId}: {run.Outcome}. {run.Error}");
                    break;
            }
        }

        throw new NoModelException($"No model after {MaxAttempts} retrains; the page says why each of them failed.");
    }

    // A job that was killed holds its lease for up to a minute more; until then nothing else may start.
    async Task<string> StartAsync(CancellationToken cancellation)
    {
        var asked = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(asked) < LeaseTimeout)
        {
            if (await api.RetrainAsync(cancellation) is { } run)
            {
                return run;
            }

            await Task.Delay(1000, cancellation);
        }

        throw new InvalidOperationException($"Another retrain held the lease for {LeaseTimeout.TotalMinutes:F0} minutes.");
    }

    /// <summary>The record of a run that has ended; null where the run left none, since another had the lease first.</summary>
    async Task<RunRecord?> EndOfRunAsync(string runId, CancellationToken cancellation)
    {
        var asked = Stopwatch.GetTimestamp();
        var told = false;
        while (true)
        {
            var run = await runs.GetAsync(runId, cancellation) is { } found ? (await runs.StandingAsync([found], cancellation))[0] : null;
            if (run?.FinishedAt is not null || (run is null && Stopwatch.GetElapsedTime(asked) > LeaseTimeout))
            {
                return run;
            }

            if (run is not null && !told)
            {
                told = true;
                Say.Line($"retrain {runId} runs");
            }

            await Task.Delay(300, cancellation);
        }
    }

    async Task<ModelManifest?> CurrentAsync(CancellationToken cancellation)
    {
        var registry = new ModelRegistry(storage);
        return await registry.CurrentAsync(cancellation) is { } active ? await registry.GetAsync(active.Pointer.Version, cancellation) : null;
    }
}
