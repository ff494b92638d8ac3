using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Items;
using SasRec.Functions.Health;
using SasRec.Functions.Ingest;
using SasRec.Functions.Items;
using SasRec.Functions.Messages;
using SasRec.Functions.Models;
using SasRec.Functions.Retrain;
using SasRec.Functions.Runs;
using SasRec.Functions.Serve;
using SasRec.Functions.Shadow;
using SasRec.Functions.Users;
using SasRec.Storage.Models;
using SasRec.Storage.Training;

namespace SasRec.Functions.Http;

/// <summary>Every answer there is: camel case, enums by name.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Accepted))]
[JsonSerializable(typeof(RecommendationResponse))]
[JsonSerializable(typeof(SimilarItems))]
[JsonSerializable(typeof(CatalogueItem))]
[JsonSerializable(typeof(ItemPage))]
[JsonSerializable(typeof(StoredItems))]
[JsonSerializable(typeof(DeletedItem))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelMove))]
[JsonSerializable(typeof(ShadowPointer))]
[JsonSerializable(typeof(ShadowReport))]
[JsonSerializable(typeof(UserHistory))]
[JsonSerializable(typeof(ForgottenUser))]
[JsonSerializable(typeof(HealthReport))]
[JsonSerializable(typeof(RetrainDecision))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(RunRecord))]
[JsonSerializable(typeof(ReplayedMessages))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(InsightsReport))]
sealed partial class ApiJsonContext : JsonSerializerContext;

/// <summary>How every answer is written.</summary>
static class ApiJson
{
    // Ids are any Unicode, and nothing of this is put into HTML: escaping would only make them long and hard to read.
    public static ApiJsonContext Answers { get; } = new(new JsonSerializerOptions(ApiJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
