using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SasRec.Client;

/// <summary>The API of SasRec.Serverless. One instance serves all threads.</summary>
public sealed class SasRecClient : IDisposable, IAsyncDisposable
{
    /// <summary>The most events of one request, and the most items.</summary>
    internal const int MaxOfOneRequest = 1000;

    const string Root = "api/v1/";

    readonly HttpClient http;
    readonly bool ownsHttp;

    /// <summary>A client with retries.</summary>
    /// <param name="address">The address of the functions app.</param>
    /// <param name="key">A function key of the scopes that are called.</param>
    /// <param name="options">How often and how long a request is tried.</param>
    public SasRecClient(Uri address, string key, SasRecClientOptions? options = null)
        : this(new HttpClient(Retries.Handler(options ?? new())) { BaseAddress = address, Timeout = System.Threading.Timeout.InfiniteTimeSpan }, options?.Clock)
    {
        http.DefaultRequestHeaders.Add("x-functions-key", key);
        ownsHttp = true;
    }

    /// <summary>A client over an HttpClient that has the address, the key in the header <c>x-functions-key</c>, and its own retries.</summary>
    /// <param name="http">It stays the caller's.</param>
    /// <param name="clock">The clock of events' times; the system's unless given.</param>
    public SasRecClient(HttpClient http, TimeProvider? clock = null) => (this.http, Clock) = (http, clock ?? TimeProvider.System);

    internal TimeProvider Clock { get; }

    /// <summary>A slate for a user, or for a history.</summary>
    /// <exception cref="SasRecException">The request was refused or not answered.</exception>
    public Task<Slate> RecommendAsync(SlateRequest request, CancellationToken cancellation = default) =>
        AnswerAsync(HttpMethod.Post, "recommendations", ClientJson.Default.Slate, Body(request, ClientJson.Default.SlateRequest), cancellation);

    /// <summary>The items most similar to one.</summary>
    /// <exception cref="SasRecException">The request was refused or not answered; 404 where the model does not know the item.</exception>
    public Task<Slate> SimilarAsync(string itemId, SlateRequest? request = null, CancellationToken cancellation = default) =>
        AnswerAsync(HttpMethod.Get, $"items/-/similar?id={Uri.EscapeDataString(itemId)}{request?.Query()}", ClientJson.Default.Slate, null, cancellation);

    /// <summary>The items that users turned to together with one.</summary>
    /// <exception cref="SasRecException">The request was refused or not answered; 404 where the model does not know the item.</exception>
    public Task<Slate> BoughtTogetherAsync(string itemId, SlateRequest? request = null, CancellationToken cancellation = default) =>
        AnswerAsync(HttpMethod.Get, $"items/-/bought-together?id={Uri.EscapeDataString(itemId)}{request?.Query()}", ClientJson.Default.Slate, null, cancellation);

    /// <summary>What is popular, or trending.</summary>
    /// <exception cref="SasRecException">The request was refused or not answered.</exception>
    public Task<Slate> PopularAsync(PopularBy by = PopularBy.Recent, SlateRequest? request = null, CancellationToken cancellation = default) =>
        AnswerAsync(HttpMethod.Get, $"popular?by={(by switch { PopularBy.All => "all", PopularBy.Trend => "trend", _ => "recent" })}{request?.Query()}", ClientJson.Default.Slate, null, cancellation);

    /// <summary>Puts items into the catalogue, 1,000 with a request, in the place of those with their ids.</summary>
    /// <exception cref="SasRecException">A request was refused or not answered. Those before it are stored; putting all again is safe.</exception>
    public async Task PutItemsAsync(IEnumerable<CatalogueItem> items, CancellationToken cancellation = default)
    {
        foreach (var chunk in items.Chunk(MaxOfOneRequest))
        {
            using var answer = await SendAsync(HttpMethod.Put, "items", Body(new(chunk), ClientJson.Default.ItemsBody), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>What the catalogue says of an item; null where it does not know it.</summary>
    /// <exception cref="SasRecException">The request was refused or not answered.</exception>
    public async Task<CatalogueItem?> FindItemAsync(string itemId, CancellationToken cancellation = default)
    {
        try
        {
            return await AnswerAsync(HttpMethod.Get, $"items/-?id={Uri.EscapeDataString(itemId)}", ClientJson.Default.CatalogueItem, null, cancellation).ConfigureAwait(false);
        }
        catch (SasRecException e) when (e.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Takes an item out of the catalogue.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="SasRecException">The request was refused or not answered.</exception>
    public async Task<bool> DeleteItemAsync(string itemId, CancellationToken cancellation = default) =>
        (await AnswerAsync(HttpMethod.Delete, $"items/-?id={Uri.EscapeDataString(itemId)}", ClientJson.Default.Deleted, null, cancellation).ConfigureAwait(false)).WasThere;

    /// <summary>Sends events, at most 1,000, all or none. When it returns they are in safe keeping.</summary>
    /// <exception cref="SasRecException">They were refused or not answered; sending those with the same ids again doubles nothing.</exception>
    public async Task SendAsync(IReadOnlyList<UserEvent> events, CancellationToken cancellation = default)
    {
        var named = events.Select(e => e.Named(Clock)).ToArray();
        using var answer = await SendAsync(HttpMethod.Post, "events", Body(new(named), ClientJson.Default.EventsBody), cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ownsHttp)
        {
            http.Dispose();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    // In memory, so that it can be sent again.
    static ByteArrayContent Body<T>(T value, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, type)) { Headers = { ContentType = new("application/json") } };

    async Task<T> AnswerAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, HttpContent? body, CancellationToken cancellation)
    {
        using var answer = await SendAsync(method, path, body, cancellation).ConfigureAwait(false);
        return (await answer.Content.ReadFromJsonAsync(type, cancellation).ConfigureAwait(false))!;
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, new Uri(Root + path, UriKind.Relative)) { Content = body };
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or Polly.ExecutionRejectedException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new SasRecException($"{http.BaseAddress} did not answer: {e.Message}", e);
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            throw new SasRecException(answer.StatusCode, await ProblemAsync(answer, cancellation).ConfigureAwait(false));
        }
    }

    static async Task<Problem?> ProblemAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(ClientJson.Default.Problem, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Something between here and the server answered, in its own words or an unknown charset.
            return null;
        }
    }
}
