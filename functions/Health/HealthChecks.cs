using Azure;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Functions.Health;

/// <summary>Checks everything that the application depends on, in parallel and each with a time limit.</summary>
sealed class HealthChecks(
    HealthOptions options,
    StorageConnection storage,
    PoisonMessages poison,
    InteractionLog log,
    ModelRegistry registry,
    ModelSlots models,
    CatalogueHolder catalogue,
    RunLog runs,
    SnapshotStore snapshots,
    TimeProvider clock)
{
    readonly Lock gate = new();
    Task<HealthReport>? latest;
    long latestAt;

    /// <summary>The report; a new one where the last one is too old.</summary>
    public Task<HealthReport> ReportAsync()
    {
        lock (gate)
        {
            if (latest is null || (latest.IsCompleted && clock.GetElapsedTime(latestAt) >= options.KeepFor))
            {
                latestAt = clock.GetTimestamp();
                latest = CheckAsync();
            }

            return latest;
        }
    }

    async Task<HealthReport> CheckAsync()
    {
        var blobs = AskAsync("The blob service", registry.CurrentAsync);
        var tables = AskAsync("The table service", token => log.NewestAsync("health", 1, token));
        var interactions = AskAsync("The queue service", token => QueueAsync(Names.InteractionsQueue, token));
        var impressions = AskAsync("The queue service", token => QueueAsync(Names.ImpressionsQueue, token));
        var retrain = AskAsync("The record of runs", async token => await runs.StandingAsync(await runs.ListAsync(1, token), token));
        var snapshot = AskAsync("The training snapshot", snapshots.CurrentAsync);
        await Task.WhenAll(blobs, snapshot, tables, interactions, impressions, retrain);

        var state = models.Current.State;
        var lastRun = retrain.Result.Answer is [var run, ..] ? run : null;
        var services = new StorageHealth(blobs.Result.Works, interactions.Result.Works && impressions.Result.Works, tables.Result.Works);
        string?[] problems =
        [
            blobs.Result.Problem,
            tables.Result.Problem,
            interactions.Result.Problem ?? impressions.Result.Problem,
            retrain.Result.Problem,
            Poisoned(Names.InteractionsQueue, interactions.Result.Answer),
            Poisoned(Names.ImpressionsQueue, impressions.Result.Answer),
            ModelProblem(state),
            state.Damage,
            snapshot.Result.Problem,
            catalogue.Problem,
            catalogue.Damage,
            Refusal(lastRun, state),
            lastRun is { Outcome: RunOutcome.Failed } ? $"The last retrain run, {lastRun.RunId}, failed." : null,
            lastRun is { Verdict.Regression: not null }
                ? $"The last retrain run, {lastRun.RunId}, trained a worse network than before, which newer data may hide. GET /api/models says how much."
                : null,
            lastRun is { Outcome: RunOutcome.Died } ? $"The last retrain run, {lastRun.RunId}, died." : null,
        ];
        var found = problems.OfType<string>().Distinct().ToArray();
        var works = services is { Blobs: true, Queues: true, Tables: true } && state.Status is not SlotStatus.Refused
            && !catalogue.Withholds;
        return new HealthReport(
            !works ? "unhealthy" : found.Length > 0 ? "degraded" : "healthy",
            clock.GetUtcNow(),
            found,
            services,
            new ModelHealth(
                state.Serving, state.Wanted, (clock.GetUtcNow() - state.CreatedAt)?.TotalSeconds, state.Failure ?? state.PollFailure, state.Response),
            new Dictionary<string, QueueHealth?>
            {
                [Names.InteractionsQueue] = interactions.Result.Answer,
                [Names.ImpressionsQueue] = impressions.Result.Answer,
            },
            lastRun is null ? null : new RetrainHealth(
                lastRun.RunId, lastRun.Trigger, lastRun.StartedAt, lastRun.FinishedAt, lastRun.Outcome, lastRun.ModelVersion, lastRun.Error),
            storage.Options.Space is { Length: > 0 } space ? space : null);
    }

    async Task<QueueHealth> QueueAsync(string name, CancellationToken cancellation)
    {
        var waiting = await storage.Queue(name).GetPropertiesAsync(cancellation);
        return new QueueHealth(waiting.Value.ApproximateMessagesCount, await poison.CountAsync(name, cancellation));
    }

    async Task<(bool Works, T? Answer, string? Problem)> AskAsync<T>(string service, Func<CancellationToken, Task<T>> ask)
    {
        using var limit = new CancellationTokenSource(options.Timeout, clock);
        try
        {
            return (true, await ask(limit.Token), null);
        }
        catch (Exception e)
        {
            // Whoever operates this need not see everything that an exception says of the storage account.
            var why = e is SnapshotCorruptException ? "cannot be read; 'trainer restore --snapshot' writes it anew from the histories"
                : limit.IsCancellationRequested ? $"did not answer within {options.Timeout.TotalSeconds} s"
                : e is RequestFailedException refused ? $"answered {refused.Status} {refused.ErrorCode}".TrimEnd()
                : $"cannot be reached ({e.GetType().Name})";
            return (false, default, $"{service} {why}.");
        }
    }

    static string? Poisoned(string queue, QueueHealth? found) => found is { Poison: > 0 and var count }
        ? $"{count} messages of the queue {queue} failed repeatedly and were set aside; POST /api/messages/replay sends them again."
        : null;

    /// <summary>A refusal of the newest run that was not overridden.</summary>
    static string? Refusal(RunRecord? run, SlotState state) =>
        run is { Outcome: RunOutcome.Refused, ModelVersion: { } version } && state.Wanted != version
            ? $"The gate refused model {version} of the last retrain run; {state.Serving ?? "none"} serves. GET /api/models says why."
            : null;

    static string? ModelProblem(SlotState state) => state switch
    {
        { Failure: not null } => $"Model {state.Wanted} is refused; {state.Serving ?? "what is popular"} serves. {state.Failure}",
        { Status: SlotStatus.NonePublished } => "No model is published yet; what is popular is recommended.",
        { Status: SlotStatus.Starting } => "This instance is starting; its model is not loaded yet.",
        _ => null,
    };
}
