using Microsoft.AspNetCore.Http;
using SasRec.Functions.Http;

namespace SasRec.Functions.Items;

/// <summary>The answer where this instance has not read the catalogue yet.</summary>
static class CatalogueProblem
{
    public static IResult NotRead() => Problem.Of(
        StatusCodes.Status503ServiceUnavailable, "The catalogue has not been read yet.", "Storage is out of reach: GET /api/status says why.");
}
