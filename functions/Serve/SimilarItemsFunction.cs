using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Events;
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
        var errors = new RequestErrors();
        var id = RouteId.Decode(itemId);
        if (!InteractionRules.IsId(id))
        {
            errors.Add("itemId", id, JsonFields.IdRange);
        }

        var query = new QueryReader(request.Query, errors);
        var count = (int)(query.Integer("k", 1, options.MaxK) ?? options.K);
        query.RefuseUnknown();
        if (errors.Refusal() is { } refusal)
        {
            return refusal;
        }

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
            return index.TryGetKnown(id, out var item)
                ? Results.Json(SimilarItems.Find(lease.Model, index, item, count, clock.GetUtcNow()), ServeJson.Answers.SimilarItems)
                : Problem.Of(StatusCodes.Status404NotFound, $"Model {lease.Model.Version} does not know the item '{id}'.");
        }
    }
}
