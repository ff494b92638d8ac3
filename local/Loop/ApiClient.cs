using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SasRec.Simulator.World;

namespace SasRec.Loop;

/// <summary>The HTTP API as a client sees it.</summary>
sealed class ApiClient : IDisposable
{
    readonly HttpClient http;

    public ApiClient(Uri address, string key)
    {
        http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Add("x-functions-key", key);
    }

    /// <summary>What health says, also when it says that something is wrong.</summary>
    public async Task<JsonElement> HealthAsync(CancellationToken cancellation)
    {
        using var answer = await http.GetAsync("api/status", cancellation);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
    }

    /// <summary>What a user did, newest first.</summary>
    public Task<JsonElement> UserAsync(string userId, int count, CancellationToken cancellation) =>
        http.GetFromJsonAsync<JsonElement>($"api/users/{Uri.EscapeDataString(userId)}?count={count}", cancellation);

    /// <summary>Puts items into the catalogue.</summary>
    public async Task PutItemsAsync(IReadOnlyList<SampleItem> items, CancellationToken cancellation)
    {
        var body = new { items = items.Select(item => new { item.Id, item.Title, categories = new[] { item.Category, item.Kind } }) };
        using var answer = await http.PutAsJsonAsync("api/items", body, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>An item's title; its id where the catalogue does not know it.</summary>
    public async Task<string> TitleAsync(string itemId, CancellationToken cancellation)
    {
        using var answer = await http.GetAsync(new Uri($"api/items/{Uri.EscapeDataString(itemId)}", UriKind.Relative), cancellation);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? itemId
            : (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("title").GetString()!;
    }

    /// <summary>Ranks without exploration, so that two answers differ only by what happened between them.</summary>
    /// <param name="userId">For whom.</param>
    /// <param name="k">How many items.</param>
    /// <param name="isShown">Whether it is logged, as what a shop shows is: at a placement of its own, so that no report takes it for one.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task<JsonElement> RecommendAsync(string userId, int k, bool isShown, CancellationToken cancellation) =>
        http.GetFromJsonAsync<JsonElement>(
            string.Create(
                CultureInfo.InvariantCulture,
                $"api/recommendations/{Uri.EscapeDataString(userId)}?k={k}&temperature=0&epsilon=0&newItemShare=0&{(isShown ? "placement=probe" : "preview=true")}"),
            cancellation);

    /// <summary>Shows a list of a placement's own policy to a user.</summary>
    public Task<JsonElement> ShowAsync(string userId, string placement, CancellationToken cancellation) =>
        http.GetFromJsonAsync<JsonElement>($"api/recommendations/{Uri.EscapeDataString(userId)}?k=10&placement={placement}", cancellation);

    /// <summary>Sends events as they stand.</summary>
    public async Task SendAsync(IReadOnlyList<object> events, CancellationToken cancellation)
    {
        using var answer = await http.PostAsJsonAsync("api/events", new { events }, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    public async Task SendEventAsync(string userId, string itemId, CancellationToken cancellation)
    {
        var body = new { events = new[] { new { eventId = Guid.NewGuid().ToString("N"), userId, itemId, type = "view" } } };
        using var answer = await http.PostAsJsonAsync("api/events", body, cancellation);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Deletes what is known of a user.</summary>
    public async Task ForgetUserAsync(string userId, CancellationToken cancellation)
    {
        using var answer = await http.DeleteAsync(new Uri($"api/users/-?id={Uri.EscapeDataString(userId)}", UriKind.Relative), cancellation);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Asks for a retrain.</summary>
    /// <returns>The id of the run that was started; null while another is at work.</returns>
    public async Task<string?> RetrainAsync(CancellationToken cancellation)
    {
        using var answer = await http.PostAsync(new Uri("api/retrain?force=true", UriKind.Relative), null, cancellation);
        if (answer.StatusCode == HttpStatusCode.Conflict)
        {
            return null;
        }

        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("runId").GetString();
    }

    public void Dispose() => http.Dispose();
}
