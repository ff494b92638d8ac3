using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Functions.Items;
using SasRec.Functions.Serve;
using SasRec.Storage.Deletions;
using SasRec.Storage.Log;

namespace SasRec.Functions.Users;

/// <summary>GET and DELETE /api/users/{userId}: what is known of a user, and forgetting the user.</summary>
sealed class UsersFunction(InteractionLog interactions, EventMeanings meanings, UserDeletions deletions, Histories histories, CatalogueHolder catalogue)
{
    const int MaxListed = 1000;

    [Function("User")]
    [OnStorageFailure("The user's history cannot be read.")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/users/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        var id = query.PathId("userId", userId);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 50);
        query.Finish();
        var newest = await interactions.NewestAsync(id, count, cancellation);
        var taste = meanings.TasteOf([.. newest.Select(act => new UserAction(act.ItemId, act.Type, act.Value))]);
        return Results.Json(UserHistory.Of(id, newest, taste, catalogue.Current), UsersJson.Answers.UserHistory);
    }

    [Function("DeleteUser")]
    [OnStorageFailure("The user may be forgotten in part. A deletion that has begun goes on by itself; deleting again is safe.")]
    public async Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/users/{userId}")] HttpRequest request,
        string userId,
        CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        var id = query.PathId("userId", userId, exact: true);
        query.Finish();
        var deletion = await deletions.BeginAsync(id, cancellation);
        histories.Forget(id);
        var forgotten = new ForgottenUser(id, deletion.History.Removed, deletion.Impressions.Removed, deletion.DeletionId);
        return Results.Json(forgotten, UsersJson.Answers.ForgottenUser);
    }
}

/// <summary>A user's newest interactions.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Interactions">Newest first.</param>
/// <param name="History">What they count as for recommendations: the items acted on, oldest first.</param>
/// <param name="Dislikes">The items turned down, newest first.</param>
/// <param name="Titles">The titles of the items that are in the catalogue, by id.</param>
sealed record UserHistory(
    string UserId,
    IReadOnlyList<Interaction> Interactions,
    IReadOnlyList<string> History,
    IReadOnlyList<string> Dislikes,
    IReadOnlyDictionary<string, string> Titles)
{
    public static UserHistory Of(string userId, IReadOnlyList<Interaction> newest, UserTaste taste, Catalogue? catalogue)
    {
        var titles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var interaction in newest)
        {
            if (catalogue?.Find(interaction.ItemId) is { } item)
            {
                titles[item.Id] = item.Title;
            }
        }

        return new UserHistory(userId, newest, taste.Actions, taste.Disliked, titles);
    }
}

/// <summary>What a DELETE removed at once; the rest follows.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Interactions">How many interactions were deleted.</param>
/// <param name="Impressions">From how many impressions the user id was removed; the impressions stay.</param>
/// <param name="DeletionId">GET /api/deletions/{deletionId} says how far the deletion has come.</param>
sealed record ForgottenUser(string UserId, int Interactions, int Impressions, string DeletionId);
