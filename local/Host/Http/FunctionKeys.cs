using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using SasRec.Host.Worker;

namespace SasRec.Host.Http;

/// <summary>What becomes of a request because of its key.</summary>
enum Admission
{
    /// <summary>It goes to the function.</summary>
    Admitted,

    /// <summary>It has no key that is known: 401.</summary>
    Unknown,

    /// <summary>Its key opens other functions: 403.</summary>
    Forbidden,

    /// <summary>Its key has had its share for now: 429.</summary>
    TooFast,
}

/// <summary>Who may call which function: <c>Host:MasterKey</c> opens all, <c>Host:FunctionKey</c> every function of level Function,
/// <c>Host:FunctionKeys:NAME</c> one of them, <c>Host:Keys:NAME</c> the scopes that it lists. Without any of these every request is let in, as
/// with Core Tools.</summary>
sealed class FunctionKeys
{
    readonly byte[]? master;
    readonly byte[]? host;
    readonly Dictionary<string, byte[]?> functions;
    readonly Dictionary<string, string> scopeOf;
    readonly ScopedKey[] scoped;

    /// <summary>The keys of the settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="scopes">The app's scopes.json: the functions of each scope. No such file, no scopes.</param>
    /// <exception cref="InvalidDataException">A key or the file is wrong; the message names it.</exception>
    public FunctionKeys(IConfiguration settings, string scopes)
    {
        (master, host) = (Digest(settings["Host:MasterKey"]), Digest(settings["Host:FunctionKey"]));
        functions = settings.GetSection("Host:FunctionKeys").GetChildren().ToDictionary(key => key.Key, key => Digest(key.Value), StringComparer.OrdinalIgnoreCase);
        var byScope = File.Exists(scopes) ? JsonSerializer.Deserialize<Dictionary<string, string[]>>(File.ReadAllBytes(scopes))! : [];
        scopeOf = byScope.SelectMany(scope => scope.Value.Select(function => (function, scope.Key)))
            .ToDictionary(pair => pair.function, pair => pair.Key, StringComparer.OrdinalIgnoreCase);
        var known = byScope.Keys.ToHashSet(StringComparer.Ordinal);
        scoped = [.. settings.GetSection("Host:Keys").GetChildren().Select(key => ScopedKey.Read(key, known))];
    }

    /// <summary>Whether requests have to bring a key.</summary>
    public bool Required => master is not null || host is not null || functions.Count > 0 || scoped.Length > 0;

    /// <summary>Whether the request's <c>x-functions-key</c> header or, without one, its <c>code</c> opens this function.</summary>
    public Admission Admit(HttpRequest request, string function, AuthorizationLevel level)
    {
        if (level == AuthorizationLevel.Anonymous || !Required)
        {
            return Admission.Admitted;
        }

        var brought = Digest(request.Headers.TryGetValue("x-functions-key", out var header) ? header.ToString() : request.Query["code"].ToString());
        if (Same(brought, master)
            || (level == AuthorizationLevel.Function && (Same(brought, host) || Same(brought, functions.GetValueOrDefault(function)))))
        {
            return Admission.Admitted;
        }

        return scoped.FirstOrDefault(key => Same(brought, key.Digest)) is not { } found ? Admission.Unknown
            : !scopeOf.TryGetValue(OperationOf(function), out var scope) || !found.Scopes.Contains(scope) ? Admission.Forbidden
            : found.Pace?.AttemptAcquire().IsAcquired == false ? Admission.TooFast
            : Admission.Admitted;
    }

    /// <summary>The operation of scopes.json that a function is: those below v1/ have names of their own, <c>EventsV1</c>.</summary>
    static string OperationOf(string function) => function.EndsWith("V1", StringComparison.Ordinal) ? function[..^2] : function;

    /// <summary>Digests have one length, so that the comparison takes the same time for every key.</summary>
    public static byte[]? Digest(string? key) => string.IsNullOrEmpty(key) ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    static bool Same(byte[]? brought, byte[]? expected) =>
        brought is not null && expected is not null && CryptographicOperations.FixedTimeEquals(brought, expected);
}
