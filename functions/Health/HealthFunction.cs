using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace SasRec.Functions.Health;

/// <summary>GET /api/health, for anybody: 200 while the application works, 503 while it does not.</summary>
sealed class HealthFunction(HealthChecks checks)
{
    [Function("Health")]
    public async Task<IResult> Run([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request)
    {
        var report = await checks.ReportAsync();
        return Results.Json(
            report,
            HealthJson.Answers.HealthReport,
            statusCode: report.Status == "unhealthy" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }
}
