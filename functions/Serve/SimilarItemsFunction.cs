using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;

namespace SasRec.Functions.Serve;

/// <summary>GET /api/items/{itemId}/similar: the items whose embeddings point the same way.</summary>
sealed class SimilarItemsFunction(ServeOptions options, ModelSlots models, CatalogueHolder catalogue, TimeProvider clock)
{
    [Function("SimilarItems")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "items/{itemId}/similar")] HttpRequest request,
        string itemId,
        CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        var id = query.PathId("itemId", itemId);
        var count = (int)(query.Integer("k", 1, options.MaxK) ?? options.K);
        query.Finish();
        if (await catalogue.GetAsync(cancellation) is null)
        {
            return CatalogueProblem.NotRead();
        }

        if (await models.Current.LeaseAsync(cancellation) is not { } lease)
        {
            return ModelProblem.NotLoaded();
        }

        using (lease)
        {
            var index = lease.Model.Index!;
            return index.TryGetPlace(id, out var item) && index.IsEmbedded(item)
                ? Results.Json(SimilarItems.Find(lease.Model, index, item, count, clock.GetUtcNow()), ServeJson.Answers.SimilarItems)
                : Problem.Of(StatusCodes.Status404NotFound, $"Model {lease.Model.Version} does not know the item '{id}'.");
        }
    }
}
