using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Http;

/// <summary>A refusal or a failure as application/problem+json (RFC 9457).</summary>
sealed record Problem
{
    public string Type { get; init; } = "about:blank";

    public required string Title { get; init; }

    public required int Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    /// <summary>Each bad field with what was found and what is allowed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>The answer to a request; one that may be better soon says when to ask again.</summary>
    public static IResult Of(int status, string title, string? detail = null, IReadOnlyList<FieldError>? errors = null) =>
        new ProblemResult(new Problem { Title = title, Status = status, Detail = detail, Errors = errors });
}
