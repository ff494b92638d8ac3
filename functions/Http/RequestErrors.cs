using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Http;

/// <summary>One thing wrong with a request.</summary>
/// <param name="Field">Where: "k", "events[3].timestamp"; "body" for the body as a whole.</param>
/// <param name="Value">What was found, cut to 100 characters; null where it was missing.</param>
/// <param name="Range">What would have been right.</param>
public sealed record FieldError(string Field, string? Value, string Range);

/// <summary>Gathers what is wrong with one request, so that the client can mend it at once.</summary>
sealed class RequestErrors
{
    // A client that mends a hundred fields at once sees the next hundred then.
    const int MaxReported = 100;
    const int MaxValueLength = 100;

    // What was sent is shown up to this: an answer is not for mirroring what somebody sends to somebody else.
    const int MaxEchoedBytes = 1024;

    readonly List<FieldError> errors = [];
    int status = StatusCodes.Status400BadRequest;
    int echoed;
    int count;

    public bool Any => count > 0;

    public IReadOnlyList<FieldError> Reported => errors;

    public void Add(string field, string? value, string range)
    {
        if (count++ < MaxReported)
        {
            errors.Add(new FieldError(field, value is null ? null : Echo(value), range));
        }
    }

    public void BodyTooLarge(long? bytes, int limit)
    {
        status = StatusCodes.Status413PayloadTooLarge;
        var found = bytes is null ? $"more than {Text(limit)} bytes" : $"{Text(bytes.Value)} bytes";
        Add("body", found, $"at most {Text(limit)} bytes");
    }

    /// <summary>A body that is compressed or otherwise encoded: what it takes decoded could not be bounded before it is read.</summary>
    public void BodyEncoded(string encoding)
    {
        status = StatusCodes.Status415UnsupportedMediaType;
        Add("Content-Encoding", encoding, "absent or identity");
    }

    /// <summary>Refuses the request if anything is wrong with it.</summary>
    /// <exception cref="RefusedException">Something is wrong with it.</exception>
    public void Refuse()
    {
        if (Any)
        {
            var title = count == 1
                ? $"The request was refused: {errors[0].Field} must be {errors[0].Range}."
                : $"The request was refused for {Text(count)} reasons.";
            throw new RefusedException(Problem.Of(status, title, errors: errors), title);
        }
    }

    static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>What was sent as an error shows it: cut to 100 characters, and to nothing once the answer has shown enough.</summary>
    public string Echo(string text)
    {
        var shown = text.Length <= MaxValueLength
            ? text
            : text[..(char.IsHighSurrogate(text[MaxValueLength - 1]) ? MaxValueLength - 1 : MaxValueLength)] + "…";
        var bytes = JsonEncodedText.Encode(shown, ApiJson.Encoder).EncodedUtf8Bytes.Length;
        if (count > MaxReported || echoed + bytes > MaxEchoedBytes)
        {
            return "…";
        }

        echoed += bytes;
        return shown;
    }
}
