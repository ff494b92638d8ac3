using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;

namespace SasRec.Host.Http;

/// <summary>A client's key: the scopes that it opens, and how fast.</summary>
/// <param name="Digest">The digest of the key.</param>
/// <param name="Scopes">The scopes, as the app's scopes.json names them.</param>
/// <param name="Pace">Lets requests pass at the key's rate; null for no limit.</param>
sealed record ScopedKey(byte[] Digest, IReadOnlySet<string> Scopes, RateLimiter? Pace)
{
    /// <summary>Reads <c>Host:Keys:NAME:Key</c>, <c>Scopes</c> and <c>RequestsPerSecond</c>.</summary>
    /// <exception cref="InvalidDataException">A key has no text, no scope, one that is unknown, or a rate out of range.</exception>
    public static ScopedKey Read(IConfigurationSection key, IReadOnlySet<string> known)
    {
        var scopes = (key["Scopes"] ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        if (string.IsNullOrEmpty(key["Key"]) || scopes.Count == 0 || !scopes.IsSubsetOf(known))
        {
            throw new InvalidDataException($"{key.Path}: Key must be text and Scopes some of {string.Join(", ", known)}; found '{key["Scopes"]}'.");
        }

        var rate = key.GetValue("RequestsPerSecond", 0);
        if (rate is < 0 or > 100_000)
        {
            throw new InvalidDataException($"{key.Path}: RequestsPerSecond must be 0 (no limit) to 100000; found {rate}.");
        }

        return new ScopedKey(FunctionKeys.Digest(key["Key"])!, scopes, rate == 0 ? null : new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = rate, TokensPerPeriod = rate, ReplenishmentPeriod = TimeSpan.FromSeconds(1), QueueLimit = 0, AutoReplenishment = true,
        }));
    }
}
