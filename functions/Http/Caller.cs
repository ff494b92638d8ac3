using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Http;

/// <summary>Who sent a request.</summary>
static class Caller
{
    /// <summary>The name of the signed-in caller; without one, what the request itself says.</summary>
    /// <param name="request">The request.</param>
    /// <param name="claimed">What the request says.</param>
    public static string Of(HttpRequest request, string claimed) =>
        request.HttpContext.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name : claimed;
}
