using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;
using SasRec.Storage.Log;

namespace SasRec.Functions.Users;

/// <summary>GET /api/users: some users of the log, to try the API with.</summary>
sealed class UserListFunction(InteractionLog interactions)
{
    // A user may cost a request to storage.
    const int MaxListed = 50;

    [Function("Users")]
    [OnStorageFailure("The users cannot be listed.")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/users")] HttpRequest request, CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 10);
        var after = query.Id("after");
        query.Finish();
        return Results.Json(new UserList(await interactions.UsersAsync(after, count, cancellation)), UsersJson.Answers.UserList);
    }
}

/// <summary>Some users, in the order in which storage keeps them.</summary>
sealed record UserList(IReadOnlyList<string> Users);
