using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using SasRec.Core.Events;
using SasRec.Core.Items;
using SasRec.Functions.Http;
using SasRec.Storage.Items;

namespace SasRec.Functions.Items;

/// <summary>PUT and GET /api/items, GET and DELETE /api/items/{itemId}: the catalogue.</summary>
sealed class ItemsFunction(ItemOptions options, ItemStore store, CatalogueHolder catalogue, ILogger<ItemsFunction> log)
{
    const int MaxListed = 1000;

    [Function("PutItems")]
    public async Task<IResult> Put(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "items")] HttpRequest request,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, errors, cancellation);
        var items = ItemsReader.Read(body.Bytes, options.MaxItems, errors);
        if (errors.Refusal() is { } refusal)
        {
            return refusal;
        }

        // Once some of a request is written, the rest must follow: a client that hangs up must not tear it in two.
        cancellation.ThrowIfCancellationRequested();
        return await StorageFailure.GuardAsync(
            log,
            "Some of the items may have been stored. Putting all again is safe and completes it.",
            async () =>
            {
                await store.PutAsync(items, CancellationToken.None);
                return Results.Json(new StoredItems(items.Count), ItemsJson.Answers.StoredItems);
            });
    }

    [Function("Items")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "items")] HttpRequest request,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 50);
        var (after, search) = (query.Id("after"), query.Id("search"));
        query.RefuseUnknown();
        return errors.Refusal() ?? (await catalogue.GetAsync(cancellation) is { } items
            ? Results.Json(items.Page(count, after, search), ItemsJson.Answers.ItemPage)
            : CatalogueProblem.NotRead());
    }

    [Function("Item")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "items/{itemId}")] HttpRequest request,
        string itemId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var id = ItemId(request, itemId, errors);
        return errors.Refusal() ?? await StorageFailure.GuardAsync(
            log,
            "The item cannot be read.",
            async () => await store.GetAsync(id, cancellation) is { } item
                ? Results.Json(item, ItemsJson.Answers.CatalogueItem)
                : Problem.Of(StatusCodes.Status404NotFound, $"The catalogue has no item '{id}'."));
    }

    [Function("DeleteItem")]
    public async Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "items/{itemId}")] HttpRequest request,
        string itemId,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var id = ItemId(request, itemId, errors);
        return errors.Refusal() ?? await StorageFailure.GuardAsync(
            log,
            "The item may have been deleted. Deleting it again is safe and completes it.",
            async () => Results.Json(new DeletedItem(id, await store.DeleteAsync(id, CancellationToken.None)), ItemsJson.Answers.DeletedItem));
    }

    static string ItemId(HttpRequest request, string segment, RequestErrors errors)
    {
        var id = RouteId.Decode(segment);
        if (!InteractionRules.IsId(id))
        {
            errors.Add("itemId", id, JsonFields.IdRange);
        }

        new QueryReader(request.Query, errors).RefuseUnknown();
        return id;
    }
}

/// <summary>What a PUT did.</summary>
/// <param name="Stored">How many items.</param>
sealed record StoredItems(int Stored);

/// <summary>What a DELETE did.</summary>
/// <param name="ItemId">Which item.</param>
/// <param name="Deleted">Whether there was one.</param>
sealed record DeletedItem(string ItemId, bool Deleted);

/// <summary>Some of the catalogue, in the order of the ids.</summary>
/// <param name="Items">At most as many as were asked for.</param>
/// <param name="Next">What to give as <c>after</c> to go on; null at the end.</param>
sealed record ItemPage(IReadOnlyList<CatalogueItem> Items, string? Next);
