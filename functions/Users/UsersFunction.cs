using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.Items;
using SasRec.Storage.Log;

namespace SasRec.Functions.Users;

/// <summary>GET and DELETE /api/users/{userId}: what is known of a user, and forgetting it.</summary>
sealed class UsersFunction(InteractionLog interactions, ImpressionLog impressions, CatalogueHolder catalogue, ILogger<UsersFunction> log)
{
    const int MaxListed = 1000;

    [Function("User")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "users/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var id = UserId(userId, errors);
        var query = new QueryReader(request.Query, errors);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 50);
        query.RefuseUnknown();
        return errors.Refusal() ?? await StorageFailure.GuardAsync(
            log,
            "The user's history cannot be read.",
            async () =>
            {
                var newest = await interactions.NewestAsync(id, count, cancellation);
                return Results.Json(UserHistory.Of(id, newest, catalogue.Current), UsersJson.Answers.UserHistory);
            });
    }

    [Function("DeleteUser")]
    public async Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "users/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var id = UserId(userId, errors);
        new QueryReader(request.Query, errors).RefuseUnknown();
        return errors.Refusal() ?? await StorageFailure.GuardAsync(
            log,
            "The user may be forgotten in part. Asking again is safe and completes it.",
            async () => Results.Json(
                new ForgottenUser(
                    id, await interactions.DeleteUserAsync(id, cancellation), await impressions.ForgetUserAsync(id, cancellation)),
                UsersJson.Answers.ForgottenUser));
    }

    static string UserId(string segment, RequestErrors errors)
    {
        var id = RouteId.Decode(segment);
        if (!InteractionRules.IsId(id))
        {
            errors.Add("userId", id, JsonFields.IdRange);
        }

        return id;
    }
}

/// <summary>What a user did.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Interactions">Newest first.</param>
/// <param name="Titles">What people call the items among them that the catalogue knows, by id.</param>
sealed record UserHistory(string UserId, IReadOnlyList<Interaction> Interactions, IReadOnlyDictionary<string, string> Titles)
{
    public static UserHistory Of(string userId, IReadOnlyList<Interaction> newest, Catalogue? catalogue)
    {
        var titles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var interaction in newest)
        {
            if (catalogue?.Find(interaction.ItemId) is { } item)
            {
                titles[item.Id] = item.Title;
            }
        }

        return new UserHistory(userId, newest, titles);
    }
}

/// <summary>What was forgotten.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Interactions">How many interactions were deleted.</param>
/// <param name="Impressions">From how many impressions the user's name was taken; what was served stays.</param>
sealed record ForgottenUser(string UserId, int Interactions, int Impressions);
