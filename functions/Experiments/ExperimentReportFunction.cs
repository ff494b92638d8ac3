using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using SasRec.Storage.Experiments;

namespace SasRec.Functions.Experiments;

/// <summary>GET /api/experiments/{id}/report: what an experiment says so far.</summary>
sealed class ExperimentReportFunction(ExperimentStore store, ExperimentReports reports)
{
    [Function("ExperimentReport")]
    [OnStorageFailure("The logged slates cannot be read.")]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "api/experiments/{experimentId}/report")] HttpRequest request,
        string experimentId,
        CancellationToken cancellation)
    {
        var query = new QueryReader(request);
        query.Check("experimentId", experimentId, InteractionRules.IsLabel, JsonFields.LabelRange);
        query.Finish();
        if ((await store.CurrentAsync(cancellation)).Of(experimentId) is not { } stored)
        {
            return Problem.Of(StatusCodes.Status404NotFound, new UnknownExperimentException(experimentId).Message);
        }

        return stored.State == ExperimentState.Draft
            ? Problem.Of(StatusCodes.Status409Conflict, $"The experiment '{experimentId}' has not started.", "Start it; then the report fills.")
            : Results.Json(await reports.ReportAsync(stored).WaitAsync(cancellation), ExperimentsJson.Answers.ExperimentReport);
    }
}
