using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Http;
using SasRec.Storage;
using SasRec.Storage.Messages;

namespace SasRec.Functions.Messages;

/// <summary>POST /api/messages/replay: sends the messages that failed too often once more.</summary>
sealed class ReplayFunction(PoisonMessages poison, ILogger<ReplayFunction> log)
{
    [Function("ReplayMessages")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "messages/replay")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        new QueryReader(request.Query, errors).RefuseUnknown();
        return errors.Refusal() ?? await StorageFailure.GuardAsync(
            log,
            "Some messages may have been sent, none is lost, and asking again is safe.",
            async () => Results.Json(
                new ReplayedMessages(
                    await poison.ReplayAsync(Names.InteractionsQueue, cancellation), await poison.ReplayAsync(Names.ImpressionsQueue, cancellation)),
                MessagesJson.Answers.ReplayedMessages));
    }
}

/// <summary>How many messages of each queue were sent once more.</summary>
sealed record ReplayedMessages(int Interactions, int Impressions);
