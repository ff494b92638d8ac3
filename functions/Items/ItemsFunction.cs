using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;
using SasRec.Storage.Items;

namespace SasRec.Functions.Items;

/// <summary>PUT and GET /api/items, GET and DELETE /api/items/{itemId}: the catalogue.</summary>
sealed class ItemsFunction(ItemOptions options, ItemStore store, CatalogueHolder catalogue)
{
    const int MaxListed = 1000;

    [Function("PutItems")]
    [OnStorageFailure("Some of the items may have been stored. Putting all of them again is safe and completes it.")]
    public async Task<IResult> Put(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "api/items")] HttpRequest request,
        CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadAsync(request, options.MaxBodyBytes, errors, cancellation);
        var items = ItemsReader.Read(body.Bytes, options.MaxItems, errors);
        errors.Refuse();

        // Once some of a request is written, the rest must follow: a client that hangs up must not tear it in two.
        cancellation.ThrowIfCancellationRequested();
        await store.PutAsync(items, CancellationToken.None);
        return Results.Json(new StoredItems(items.Count), ItemsJson.Answers.StoredItems);
    }

    [Function("Items")]
    public async Task<IResult> List(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/items")] HttpRequest request,
        CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        var count = (int)(query.Integer("count", 1, MaxListed) ?? 50);
        var (after, search) = (query.Id("after"), query.Id("search"));
        query.Finish();
        return await catalogue.GetAsync(cancellation) is { } items
            ? Results.Json(items.Page(count, after, search), ItemsJson.Answers.ItemPage)
            : CatalogueProblem.NotRead();
    }

    [Function("Item")]
    [OnStorageFailure("The item cannot be read.")]
    public async Task<IResult> Get(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/items/{itemId}")] HttpRequest request,
        string itemId,
        CancellationToken cancellation)
    {
        var id = ItemId(request, itemId);
        return await store.GetAsync(id, cancellation) is { } item
            ? Results.Json(item, ItemsJson.Answers.CatalogueItem)
            : Problem.Of(StatusCodes.Status404NotFound, $"The catalogue has no item '{id}'.");
    }

    [Function("DeleteItem")]
    [OnStorageFailure("The item may have been deleted. Deleting it again is safe and completes it.")]
    public async Task<IResult> Delete(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "api/items/{itemId}")] HttpRequest request, string itemId)
    {
        var id = ItemId(request, itemId, exact: true);
        return Results.Json(new DeletedItem(id, await store.DeleteAsync(id, CancellationToken.None)), ItemsJson.Answers.DeletedItem);
    }

    static string ItemId(HttpRequest request, string segment, bool exact = false)
    {
        var query = new QueryReader(request);
        var id = query.PathId("itemId", segment, exact);
        query.Finish();
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
