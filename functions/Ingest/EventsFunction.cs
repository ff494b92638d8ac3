using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Messages;

namespace SasRec.Functions.Ingest;

/// <summary>POST /api/events: takes 1 to 1,000 interactions, all or none.</summary>
sealed class EventsFunction(IngestOptions options, InteractionQueue queue, StorageBreaker breaker, TimeProvider clock)
{
    [Function("Events")]
    [OnStorageFailure("Some of the events may have been stored. Sending all of them again is safe if they have ids, or with the same Idempotency-Key.")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "api/events")] HttpRequest request,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, errors, cancellation);
        var events = EventsReader.Read(body.Bytes, options.MaxEvents, clock.GetUtcNow(), EventIds.Of(request, errors), errors);
        errors.Refuse();

        // Once some messages of a request are sent, the rest must follow: a client that hangs up must not tear it in two.
        cancellation.ThrowIfCancellationRequested();
        await breaker.AskAsync(token => queue.SendAsync(events, token), CancellationToken.None);
        return Results.Json(
            new Accepted([.. events.Select(e => e.EventId)]), IngestJson.Answers.Accepted, statusCode: StatusCodes.Status202Accepted);
    }
}
