using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace SasRec.Portable.Tests.Tables;

/// <summary>A table service of canned answers, for what the emulator cannot be made to say; it keeps what it was asked.</summary>
sealed class StubService(params IReadOnlyList<Func<HttpResponseMessage>> answers) : HttpMessageHandler
{
    public const string Key = "c2VjcmV0";

    readonly List<HttpRequestMessage> requests = [];

    public IReadOnlyList<HttpRequestMessage> Requests => requests;

    public List<string> Bodies { get; } = [];

    public TableClientOptions Options
    {
        get
        {
            var options = new TableClientOptions { Transport = new HttpClientTransport(new HttpClient(this, disposeHandler: false)) };
            options.Retry.Delay = options.Retry.MaxDelay = TimeSpan.FromMilliseconds(1);
            return options;
        }
    }

    public TableServiceClient Client =>
        new(new Uri("https://shop.table.core.windows.net"), new TableSharedKeyCredential("shop", Key), Options);

    public static Func<HttpResponseMessage> Answer(HttpStatusCode status, string body = "", params (string Name, string Value)[] headers) =>
        () =>
        {
            // From a network there is no going back to the start, so there must be none here.
            var stream = PipeReader.Create(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body))).AsStream();
            var response = new HttpResponseMessage(status) { Content = new StreamContent(stream) };
            response.Content.Headers.ContentType = new("application/json");
            foreach (var (name, value) in headers)
            {
                response.Headers.Add(name, value);
            }

            return response;
        };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri);
        foreach (var header in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value.ToString());
        }

        requests.Add(copy);
        Bodies.Add(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
        return answers[Math.Min(requests.Count, answers.Count) - 1]();
    }
}
