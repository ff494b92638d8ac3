using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Spaces;

/// <summary>The space that a request's key opens: what stands in the key before its first point. A key without a point opens the default space.</summary>
/// <remarks>A request whose key does not come through to here opens no space, rather than the default one. The host lets no request through whose key it does not know as a whole, and takes the header before the parameter, as this does.</remarks>
static class SpaceKey
{
    /// <summary>The space's name; empty for the default one, null where the key cannot be told.</summary>
    public static string? SpaceOf(HttpRequest request)
    {
        var brought = request.Headers.TryGetValue("x-functions-key", out var header) ? header : request.Query["code"];

        // Of several keys the host may have taken another one than this would.
        return brought.Count != 1 ? null
            : brought.ToString() is var key && key.IndexOf('.', StringComparison.Ordinal) is >= 0 and var point ? key[..point]
            : "";
    }
}
