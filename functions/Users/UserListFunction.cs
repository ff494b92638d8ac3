using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Storage.Log;

namespace SasRec.Functions.Users;

/// <summary>GET /api/users: a few users of the log, to try things with.</summary>
sealed class UserListFunction(InteractionLog interactions, ILogger<UserListFunction> log)
{
    // A user may be a request to storage.
    const int MaxListed = 50;

    [Function("Users")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "users")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 10);
        var after = query.Text("after", InteractionRules.IsId, JsonFields.IdRange);
        query.RefuseUnknown();
        return errors.Refusal() ?? await StorageFailure.GuardAsync(
            log,
            "The users cannot be listed.",
            async () => Results.Json(new UserList(await interactions.UsersAsync(after, count, cancellation)), UsersJson.Answers.UserList));
    }
}

/// <summary>Some users, in the order in which storage keeps them.</summary>
sealed record UserList(IReadOnlyList<string> Users);
