using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Events;
using SasRec.Core.Rules;
using SasRec.Functions.Http;
using SasRec.Storage.Rules;

namespace SasRec.Functions.Rules;

/// <summary>GET /api/rules, GET, PUT and DELETE /api/rules/{placement}: the rules of placements, with who changed them and when.</summary>
sealed class RulesFunction(RuleOptions options, RuleStore store, TimeProvider clock)
{
    const int Rules = 0, Reason = 1, By = 2, Replaces = 3;

    static readonly ObjectFields Fields = new(2, "rules", "reason", "by", "replaces");

    [Function("Rules")]
    [OnStorageFailure("The rules cannot be read.")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/rules")] HttpRequest request, CancellationToken cancellation)
    {
        new QueryReader(request).Finish();
        return Results.Json(RuleList.Of(await store.CurrentAsync(cancellation)), RulesJson.Answers.RuleList);
    }

    [Function("RulesOfPlacement")]
    [OnStorageFailure("The rules cannot be read.")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/rules/{placement}")] HttpRequest request,
        string placement,
        CancellationToken cancellation)
    {
        var (query, errors) = Query(request);
        query.Check("placement", placement, InteractionRules.IsLabel, JsonFields.LabelRange);
        query.Finish();
        RuleChange[] changes = [.. (await store.CurrentAsync(cancellation)).History.Where(change => change.Placement == placement)];
        return changes.Length > 0
            ? Results.Json(new RuleHistory(placement, changes), RulesJson.Answers.RuleHistory)
            : Problem.Of(StatusCodes.Status404NotFound, $"The placement '{placement}' never had rules.");
    }

    [Function("PutRules")]
    [OnStorageFailure("The rules may or may not have changed. Putting them again is safe.")]
    public async Task<IResult> Put(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "api/rules/{placement}")] HttpRequest request,
        string placement,
        CancellationToken cancellation)
    {
        var (query, errors) = Query(request);
        query.Check("placement", placement, InteractionRules.IsLabel, JsonFields.LabelRange);
        query.ReportUnknown();
        using var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, errors, cancellation);
        var (change, replaces) = Read(body.Bytes, placement, errors);
        errors.Refuse();
        return await ChangeAsync(change with { By = Caller.Of(request, change.By) }, replaces);
    }

    [Function("DeleteRules")]
    [OnStorageFailure("The rules may or may not have ended. Deleting them again is safe.")]
    public async Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/rules/{placement}")] HttpRequest request, string placement)
    {
        var (query, _) = Query(request);
        query.Check("placement", placement, InteractionRules.IsLabel, JsonFields.LabelRange);
        var (by, reason) = (query.Label("by") ?? "http", query.Id("reason") ?? "deleted");
        query.Finish();
        return await ChangeAsync(new RuleChange(0, placement, null, Caller.Of(request, by), reason, clock.GetUtcNow()), null);
    }

    async Task<IResult> ChangeAsync(RuleChange change, int? replaces) =>
        await store.ChangeAsync(change, replaces, CancellationToken.None) is { } made
            ? Results.Json(made, RulesJson.Answers.RuleChange)
            : Problem.Of(
                StatusCodes.Status409Conflict,
                $"The rules of '{change.Placement}' are no longer at version {replaces}.",
                "Read them again; somebody else has changed them.");

    (RuleChange Change, int? Replaces) Read(ReadOnlySpan<byte> body, string placement, RequestErrors errors)
    {
        var change = new RuleChange(0, placement, SlateRules.None, "http", "", clock.GetUtcNow());
        int? replaces = null;
        StrictJson.Parse(body, errors, (ref Utf8JsonReader reader) =>
        {
            if (!Fields.Enter(ref reader, "body", errors))
            {
                return;
            }

            var seen = 0u;
            for (int field; (field = Fields.Next(ref reader, ref seen, default, errors)) >= 0;)
            {
                var name = Fields[field];
                switch (field)
                {
                    case Rules:
                        change = change with { Rules = RuleReader.Read(ref reader, name, errors) };
                        break;
                    case Reason:
                        change = change with { Reason = JsonFields.Id(ref reader, name, default, errors) ?? "" };
                        break;
                    case By:
                        change = change with { By = JsonFields.Label(ref reader, name, default, errors) ?? "" };
                        break;
                    default:
                        replaces = (int?)JsonFields.Integer(ref reader, name, default, 0, int.MaxValue, errors);
                        break;
                }
            }

            foreach (var required in (ReadOnlySpan<int>)[Rules, Reason])
            {
                if (Fields.Missing(required, seen))
                {
                    errors.Add(Fields[required], null, "given");
                }
            }
        });
        return (change, replaces);
    }

    static (QueryReader Query, RequestErrors Errors) Query(HttpRequest request)
    {
        var errors = new RequestErrors();
        return (new QueryReader(request.Query, errors), errors);
    }
}

/// <summary>The rules of every placement that has some.</summary>
/// <param name="Version">The number of the newest change of all.</param>
/// <param name="Placements">By placement: the change that its rules are of.</param>
sealed record RuleList(int Version, IReadOnlyList<RuleChange> Placements)
{
    public static RuleList Of(RuleBook book) => new(book.Version, book.Current);
}

/// <summary>How the rules of a placement came about.</summary>
/// <param name="Placement">Which placement.</param>
/// <param name="Changes">Newest first; the first is in effect.</param>
sealed record RuleHistory(string Placement, IReadOnlyList<RuleChange> Changes);
