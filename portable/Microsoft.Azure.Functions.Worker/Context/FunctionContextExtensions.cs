using Microsoft.AspNetCore.Http;
using SasRec.Portable.LocalHost.Http;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>ASP.NET Core's view of an invocation.</summary>
public static class FunctionContextExtensions
{
    /// <summary>The request that triggered the invocation; null if it was no request.</summary>
    /// <param name="context">The invocation.</param>
    public static HttpContext? GetHttpContext(this FunctionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items.TryGetValue(HttpFunctions.HttpContextKey, out var http) ? http as HttpContext : null;
    }
}
