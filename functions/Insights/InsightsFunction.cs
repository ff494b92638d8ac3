using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Functions.Http;

namespace SasRec.Functions.Insights;

/// <summary>GET /api/insights: what the logged slates of a window and a placement led to.</summary>
sealed class InsightsFunction(InsightsReports reports, InsightsOptions options, TimeProvider clock)
{
    [Function("Insights")]
    [OnStorageFailure("The logged slates cannot be read.")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/insights")] HttpRequest request, CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        var query = new QueryReader(request.Query, errors);
        var window = new InsightsWindow(query.Time("from"), query.Time("to"), query.Label("placement"));
        var (from, to) = window.Resolve(clock.GetUtcNow(), options.Span);
        if (from >= to)
        {
            errors.Add("from", $"{from:O}", $"before to ({to:O})");
        }

        query.Finish();
        try
        {
            return Results.Json(await reports.ReportAsync(window).WaitAsync(cancellation), InsightsJson.Answers.InsightsReport);
        }
        catch (TimeoutException e)
        {
            return Problem.Of(StatusCodes.Status503ServiceUnavailable, "The report took too long.", e.Message);
        }
    }
}

/// <summary>What a report is asked about, as it was asked.</summary>
/// <param name="From">The begin; null for the default span before the end.</param>
/// <param name="To">The end, exclusive; null for now.</param>
/// <param name="Placement">The only placement; null for all.</param>
readonly record struct InsightsWindow(DateTimeOffset? From, DateTimeOffset? To, string? Placement)
{
    public (DateTimeOffset From, DateTimeOffset To) Resolve(DateTimeOffset now, TimeSpan span)
    {
        var to = To ?? now;
        return (From ?? to - span, to);
    }
}
