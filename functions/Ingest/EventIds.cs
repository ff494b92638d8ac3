using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using SasRec.Functions.Http;

namespace SasRec.Functions.Ingest;

/// <summary>Gives ids to events that have none: of the request's Idempotency-Key and the event's place in it where there is one, so that the
/// same request sent again is the same events; else new ones.</summary>
/// <param name="Key">The key; null for none.</param>
readonly record struct EventIds(string? Key)
{
    const string Header = "Idempotency-Key";
    const int MaxLength = 255;

    /// <summary>The ids of a request.</summary>
    public static EventIds Of(HttpRequest request, RequestErrors errors)
    {
        var given = request.Headers[Header];
        if (given.Count == 0)
        {
            return new EventIds(null);
        }

        var key = given.ToString();
        if (given.Count > 1 || key.Length is 0 or > MaxLength)
        {
            errors.Add(Header, key, "1 to 255 characters, given once");
        }

        return new EventIds(key);
    }

    /// <summary>The id of the event at a place of the request.</summary>
    public string Next(int index, DateTimeOffset now) => Key is null
        ? Guid.CreateVersion7(now).ToString()
        : new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{index}:{Key}"))).AsSpan(0, 16)).ToString();
}
