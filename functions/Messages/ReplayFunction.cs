using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;
using SasRec.Storage;
using SasRec.Storage.Messages;

namespace SasRec.Functions.Messages;

/// <summary>POST /api/messages/replay: moves poison messages back to their queues.</summary>
sealed class ReplayFunction(PoisonMessages poison)
{
    [Function("ReplayMessages")]
    [OnStorageFailure("Some messages may have been replayed. None is lost, and replaying again is safe.")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/messages/replay")] HttpRequest request, CancellationToken cancellation)
    {
        new QueryReader(request).Finish();
        var replayed = new ReplayedMessages(
            await poison.ReplayAsync(Names.InteractionsQueue, cancellation), await poison.ReplayAsync(Names.ImpressionsQueue, cancellation));
        return Results.Json(replayed, MessagesJson.Answers.ReplayedMessages);
    }
}

/// <summary>How many messages of each queue were replayed.</summary>
sealed record ReplayedMessages(int Interactions, int Impressions);
