using System.Diagnostics.CodeAnalysis;
using System.Text;
using Azure.Core;

namespace Azure.Data.Tables.Wire;

/// <summary>The response to one action of a transaction. Its headers are read only when asked for.</summary>
/// <param name="status">The status code.</param>
/// <param name="head">Status line and headers.</param>
/// <param name="body">What follows the empty line.</param>
sealed class PartResponse(int status, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body) : Response
{
    Dictionary<string, string>? headers;
    Stream? content;

    public override int Status => status;

    public override bool IsError => status >= 400;

    public override string ReasonPhrase
    {
        get
        {
            var line = Encoding.ASCII.GetString(head.Span);
            var end = line.IndexOf('\r', StringComparison.Ordinal);
            return line[Math.Min(line.Length, "HTTP/1.1 204 ".Length)..(end < 0 ? line.Length : end)];
        }
    }

    public override Stream? ContentStream
    {
        get => content ??= new MemoryStream(body.ToArray(), 0, body.Length, writable: false, publiclyVisible: true);
        set => content = value;
    }

    public override string ClientRequestId { get; set; } = "";

    Dictionary<string, string> ParsedHeaders => headers ??= Parse();

    public override void Dispose() => content?.Dispose();

    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => ParsedHeaders.TryGetValue(name, out value);

    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = ParsedHeaders.TryGetValue(name, out var value) ? [value] : null;
        return values is not null;
    }

    protected override bool ContainsHeader(string name) => ParsedHeaders.ContainsKey(name);

    protected override IEnumerable<HttpHeader> EnumerateHeaders() => ParsedHeaders.Select(h => new HttpHeader(h.Key, h.Value));

    Dictionary<string, string> Parse()
    {
        var parsed = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in Encoding.ASCII.GetString(head.Span).Split("\r\n").Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                parsed[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        return parsed;
    }
}
