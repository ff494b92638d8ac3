using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;
using SasRec.Functions.Spaces;

namespace SasRec.Functions.Health;

/// <summary>GET /api/health, for anybody, and GET /api/status, for who operates it: 200 while the application works, 503 while it does not.</summary>
sealed class HealthFunction(HealthChecks checks, SpaceSet spaces)
{
    [Function("Health")]
    public async Task<IResult> Anybody([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/health")] HttpRequest request)
    {
        // It works where all of its spaces do.
        var reports = await Task.WhenAll(spaces.Every<HealthChecks>().Select(space => space.ReportAsync()));
        var works = reports.All(report => report.Works);
        return Results.Json(new Liveness(works ? "ready" : "alive"), HealthJson.Answers.Liveness, statusCode: StatusOf(works));
    }

    [Function("Status")]
    public async Task<IResult> Operator([HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/status")] HttpRequest request)
    {
        new QueryReader(request).Finish();
        var report = await checks.ReportAsync();
        return Results.Json(report, HealthJson.Answers.HealthReport, statusCode: StatusOf(report.Works));
    }

    static int StatusOf(bool works) => works ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
}
