using System.Text.Json;
using System.Text.Json.Serialization;
using SasRec.Functions.Ingest;

namespace SasRec.Functions.Http;

/// <summary>How every answer is written: camel case, compact, by generated code.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(Accepted))]
sealed partial class ApiJson : JsonSerializerContext;
