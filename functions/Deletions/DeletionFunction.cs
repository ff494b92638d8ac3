using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Http;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Deletions;
using SasRec.Storage.Log;

namespace SasRec.Functions.Deletions;

/// <summary>Deletions go on every five minutes; GET /api/deletions/{deletionId} tells how far one has come.</summary>
sealed class DeletionFunction(
    DeletionLog deletions,
    [FromKeyedServices(StorageServices.Background)] UserDeletions work,
    [FromKeyedServices(StorageServices.Background)] ImpressionLog impressions,
    DeletionOptions options,
    TimeProvider clock,
    ILogger<DeletionFunction> log)
{
    // So many rows at a time are in memory, and so many times at most before the next turn.
    const int RowsTogether = 10_000;
    const int MaxTimes = 50;

    [Function("ContinueDeletions")]
    public async Task OnSchedule([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken cancellation)
    {
        if (await work.AdvanceAllAsync(cancellation) is > 0 and var left)
        {
            log.LogInformation("{Deletions} deletions are under way.", left);
        }

        var removed = RowsTogether;
        for (var time = 0; options.KeepImpressions > TimeSpan.Zero && removed == RowsTogether && time < MaxTimes; time++)
        {
            removed = await impressions.RemoveAsync(clock.GetUtcNow() - options.KeepImpressions, RowsTogether, cancellation);
        }
    }

    [Function("Deletion")]
    [OnStorageFailure("The deletion cannot be read.")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/deletions/{deletionId}")] HttpRequest request,
        string deletionId,
        CancellationToken cancellation)
    {
        new QueryReader(request).Finish();
        return await deletions.GetAsync(deletionId, cancellation) is { } found
            ? Results.Json(DeletionReport.Of(found, options), DeletionsJson.Answers.DeletionReport)
            : Problem.Of(StatusCodes.Status404NotFound, "There is no deletion of this id.");
    }
}
