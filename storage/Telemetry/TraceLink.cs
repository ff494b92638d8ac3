using System.Diagnostics;

namespace SasRec.Storage.Telemetry;

/// <summary>The trace that work belongs to, as it travels in messages, environments and records: a W3C <c>traceparent</c>.</summary>
public static class TraceLink
{
    /// <summary>The variable that carries it to another process.</summary>
    public const string Variable = "TRACEPARENT";

    /// <summary>The trace of what is done now; null outside of any.</summary>
    public static string? Current =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : null;

    /// <summary>What a <c>traceparent</c> names; the default, which belongs to no trace, where it is none.</summary>
    public static ActivityContext Parse(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? context : default;

    /// <summary>Says on a span that another trace led to it.</summary>
    public static void LinkTo(this Activity? span, string? traceParent)
    {
        if (span is not null && Parse(traceParent) is var other && other != default)
        {
            span.AddLink(new ActivityLink(other));
        }
    }

    /// <summary>Says on a span that its work failed.</summary>
    /// <remarks>Only the kind of failure: what an exception says may name a user.</remarks>
    public static void Fail(this Activity? span, Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        span?.SetTag(Attributes.ErrorType, failure.GetType().FullName);
        span?.SetStatus(ActivityStatusCode.Error);
    }
}
