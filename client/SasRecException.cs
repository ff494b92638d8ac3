using System.Net;

namespace SasRec.Client;

/// <summary>The server refused a request, or did not answer it.</summary>
public sealed class SasRecException : Exception
{
    /// <summary>A failure without an answer.</summary>
    public SasRecException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    internal SasRecException(HttpStatusCode status, Problem? problem)
        : base(problem?.Title is null ? $"The server answered {(int)status}." : $"{problem.Title} {problem.Detail}".TrimEnd())
    {
        Status = status;
        Errors = problem?.Errors ?? [];
    }

    /// <summary>The status of the answer; null without one.</summary>
    public HttpStatusCode? Status { get; }

    /// <summary>Each wrong field, the value found and the range allowed.</summary>
    public IReadOnlyList<FieldError> Errors { get; } = [];

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsTransient => Status is null or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
}

/// <summary>One thing wrong with a request.</summary>
/// <param name="Field">Where: <c>k</c>, <c>events[3].timestamp</c>.</param>
/// <param name="Value">What was found; null where it was missing.</param>
/// <param name="Range">What would have been right.</param>
public sealed record FieldError(string Field, string? Value, string Range);

/// <summary>An answer of type application/problem+json.</summary>
sealed record Problem(string? Title, string? Detail, IReadOnlyList<FieldError>? Errors);
