using Microsoft.AspNetCore.Http;
using SasRec.Functions.Http;

namespace SasRec.Functions.Inference;

/// <summary>The answer where this instance has no model in memory.</summary>
static class ModelProblem
{
    public static IResult NotLoaded() => Problem.Of(
        StatusCodes.Status503ServiceUnavailable, "No model serves yet.", "None is published, or none could be loaded: GET /api/status says which. What is popular is recommended as soon as there are events.");
}
