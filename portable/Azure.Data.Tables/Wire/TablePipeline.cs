using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Data.Tables.Wire;

/// <summary>Azure.Core's pipeline, set up for the table service: its headers, its errors, its credentials.</summary>
sealed class TablePipeline
{
    internal const string Json = "application/json;odata=minimalmetadata";

    readonly HttpPipeline pipeline;
    readonly string version;

    public TablePipeline(Uri endpoint, string accountName, HttpPipelinePolicy authentication, TableClientOptions? options)
    {
        options ??= new TableClientOptions();
        var settings = new HttpPipelineOptions(options) { RequestFailedDetailsParser = TableErrorParser.Instance };
        settings.PerRetryPolicies.Add(authentication);
        pipeline = HttpPipelineBuilder.Build(settings);
        version = options.Version;
        Endpoint = endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/');
        AccountName = accountName;
    }

    /// <summary>Where the service is, without a slash at the end.</summary>
    public string Endpoint { get; }

    /// <summary>The account's name.</summary>
    public string AccountName { get; }

    /// <param name="method">The verb.</param>
    /// <param name="relative">What follows the endpoint and a slash, escaped.</param>
    public HttpMessage Request(RequestMethod method, string relative)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri($"{Endpoint}/{relative}"));
        message.Request.Headers.Add("x-ms-version", version);
        message.Request.Headers.Add("DataServiceVersion", "3.0");
        message.Request.Headers.Add(HttpHeader.Names.Accept, Json);
        return message;
    }

    /// <summary>Sends and returns the response if it is a success or has the one other status that the caller awaits.</summary>
    /// <exception cref="RequestFailedException">It is neither.</exception>
    public async Task<Response> SendAsync(HttpMessage message, int awaited, CancellationToken cancellation)
    {
        await pipeline.SendAsync(message, cancellation);
        var response = message.Response;
        return response.Status is >= 200 and < 300 || response.Status == awaited ? response : throw new RequestFailedException(response);
    }

    /// <summary>Sends and returns the response if it is a success.</summary>
    /// <exception cref="RequestFailedException">It is not.</exception>
    public Task<Response> SendAsync(HttpMessage message, CancellationToken cancellation) => SendAsync(message, 200, cancellation);

    /// <summary>Sends a body, which goes back to the pool once the service has taken it.</summary>
    /// <exception cref="RequestFailedException">The response is no success.</exception>
    public async Task<Response> SendAsync(HttpMessage message, PooledBuffer body, string contentType, CancellationToken cancellation)
    {
        message.Request.Headers.Add(HttpHeader.Names.ContentType, contentType);
        message.Request.Content = RequestContent.Create(body.Written);
        var response = await SendAsync(message, cancellation);
        body.Return();
        return response;
    }
}
