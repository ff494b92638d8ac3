using System.Buffers.Text;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Storage.Log;

namespace SasRec.Functions.Users;

/// <summary>GET /api/users/{userId}/export: everything that is kept of a user, page by page: first what they did, then what they were shown.</summary>
sealed class ExportFunction(InteractionLog interactions, UserSlates shown)
{
    const int MaxListed = 1000;
    const int MaxToken = 4096;

    // What a page's token begins with: the kind of what comes next.
    const char Actions = 'a', Slates = 's';

    [Function("ExportUser")]
    [OnStorageFailure("What is kept of the user cannot be read.")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/users/{userId}/export")] HttpRequest request,
        string userId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var id = query.PathId("userId", userId);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? MaxListed);
        var after = query.Text("after", text => TryRead(text, out _), "the next of the page before");
        query.Finish();
        TryRead(after, out var place);
        if (place.Kind == Actions)
        {
            var (actions, end) = await interactions.PageAsync(id, place.At, count, cancellation);
            return Answer(new UserExport(id, actions, [], Token(end is null ? Slates : Actions, end)));
        }

        var (slates, next) = await shown.PageAsync(id, place.At, count, cancellation);
        return Answer(new UserExport(
            id, [], [.. slates.Select(slate => new ExportedSlate(slate.Impression, slate.Events))], next is null ? null : Token(Slates, next)));
    }

    static IResult Answer(UserExport page) => Results.Json(page, ExportJson.Answers.UserExport);

    static string Token(char kind, string? at) => kind + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(at ?? ""));

    static bool TryRead(ReadOnlySpan<char> token, out (char Kind, string? At) place)
    {
        place = (Actions, null);
        if (token.IsEmpty)
        {
            return true;
        }

        if (token.Length > MaxToken || token[0] is not (Actions or Slates) || !Base64Url.IsValid(token[1..]))
        {
            return false;
        }

        var at = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token[1..]));
        place = (token[0], at.Length == 0 ? null : at);
        return true;
    }
}

/// <summary>One page of what is kept of a user.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Interactions">What they did, newest first.</param>
/// <param name="Slates">What they were shown, with what they did with it.</param>
/// <param name="Next">What to give as <c>after</c> to go on; null at the end. A page may be empty although others follow.</param>
sealed record UserExport(string UserId, IReadOnlyList<Interaction> Interactions, IReadOnlyList<ExportedSlate> Slates, string? Next);

/// <summary>A slate as the ledger has it.</summary>
/// <param name="Impression">What was shown, and how it was drawn.</param>
/// <param name="Events">What named the slate since: sightings and actions.</param>
sealed record ExportedSlate(Impression Impression, IReadOnlyList<SlateEvent> Events);

/// <summary>What the export answers.</summary>
[JsonSerializable(typeof(UserExport))]
sealed partial class ExportJson : JsonSerializerContext
{
    public static ExportJson Answers { get; } = new(ApiJson.Options());
}
