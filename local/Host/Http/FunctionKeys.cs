using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using SasRec.Host.Worker;

namespace SasRec.Host.Http;

/// <summary>Who may call which function: <c>Host:MasterKey</c> opens all, <c>Host:FunctionKey</c> every function of level Function,
/// <c>Host:FunctionKeys:NAME</c> one of them. Without any of these every request is let in, as with Core Tools.</summary>
sealed class FunctionKeys(IConfiguration settings)
{
    readonly byte[]? master = Digest(settings["Host:MasterKey"]);
    readonly byte[]? host = Digest(settings["Host:FunctionKey"]);
    readonly Dictionary<string, byte[]?> functions =
        settings.GetSection("Host:FunctionKeys").GetChildren().ToDictionary(key => key.Key, key => Digest(key.Value), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether requests have to bring a key.</summary>
    public bool Required => master is not null || host is not null || functions.Count > 0;

    /// <summary>Whether the request's <c>x-functions-key</c> header or, without one, its <c>code</c> opens this function.</summary>
    public bool Admits(HttpRequest request, string function, AuthorizationLevel level)
    {
        if (level == AuthorizationLevel.Anonymous || !Required)
        {
            return true;
        }

        var brought = Digest(request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : request.Query["code"].ToString());
        return Same(brought, master)
            || (level == AuthorizationLevel.Function && (Same(brought, host) || Same(brought, functions.GetValueOrDefault(function))));
    }

    // Digests have one length, so that the comparison takes the same time for every key.
    static byte[]? Digest(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    static bool Same(byte[]? brought, byte[]? expected) =>
        brought is not null && expected is not null && CryptographicOperations.FixedTimeEquals(brought, expected);
}
