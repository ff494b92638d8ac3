using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace SasRec.Portable.LocalHost.Http;

/// <summary>The keys <c>Host:FunctionKey</c> and <c>Host:MasterKey</c>. Without either, every request is let in, as Core Tools does.</summary>
sealed class FunctionKeys(IConfiguration settings)
{
    readonly byte[]? functionKey = Digest(settings["Host:FunctionKey"]);
    readonly byte[]? masterKey = Digest(settings["Host:MasterKey"]);

    /// <summary>Whether requests have to bring a key.</summary>
    public bool Required => functionKey is not null || masterKey is not null;

    /// <summary>Whether the request's <c>x-functions-key</c> header or, without one, its <c>code</c> opens this level.</summary>
    public bool Admits(HttpRequest request, AuthorizationLevel level)
    {
        if (level == AuthorizationLevel.Anonymous || !Required)
        {
            return true;
        }

        var brought = Digest(request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : request.Query["code"].ToString());
        return Same(brought, masterKey) || (level == AuthorizationLevel.Function && Same(brought, functionKey));
    }

    // Digests have one length, so that the comparison takes the same time for every key.
    static byte[]? Digest(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    static bool Same(byte[]? brought, byte[]? expected) =>
        brought is not null && expected is not null && CryptographicOperations.FixedTimeEquals(brought, expected);
}
