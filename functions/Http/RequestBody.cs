using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Http;

/// <summary>A whole request body in one pooled buffer, which goes back to the pool on disposal.</summary>
readonly struct RequestBody(byte[] buffer, int length) : IDisposable
{
    const int SmallestBuffer = 4096;

    // What is reserved before anything has come, whatever is announced.
    const int FirstBuffer = 64 * 1024;

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, length);

    /// <summary>Reads the body; one over the limit, or encoded, is reported and read no further.</summary>
    public static async ValueTask<RequestBody> ReadAsync(HttpRequest request, int maxBytes, RequestErrors errors, CancellationToken cancellation)
    {
        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            errors.BodyEncoded(encoding);
            return new RequestBody([], 0);
        }

        if (request.ContentLength > maxBytes)
        {
            errors.BodyTooLarge(request.ContentLength, maxBytes);
            return new RequestBody([], 0);
        }

        // One byte beyond what is announced lets the read that finds the end fit without growing.
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength + 1 ?? SmallestBuffer, FirstBuffer));
        var length = 0;
        try
        {
            while (true)
            {
                var read = await request.Body.ReadAsync(buffer.AsMemory(length), cancellation);
                if (read == 0)
                {
                    return new RequestBody(buffer, length);
                }

                length += read;
                if (length > maxBytes)
                {
                    errors.BodyTooLarge(null, maxBytes);
                    return new RequestBody(buffer, 0);
                }

                if (length == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan().CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        catch (Exception e)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            if (e is IOException && !cancellation.IsCancellationRequested)
            {
                // The server's own exceptions are of this kind, for chunks that are none and bodies that come too slowly.
                var status = (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
                throw new RefusedException(Problem.Of(status, "The request's body cannot be read as HTTP."), "The body cannot be read.");
            }

            throw;
        }
    }

    public void Dispose()
    {
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
