using System.Net.Http.Json;
using System.Text.Json;
using SasRec.Core.Items;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Spaces;

/// <summary>One space of an application as its own clients see it. Whatever it holds has its name in it.</summary>
sealed class Shop : IDisposable
{
    public const int Items = 40;

    readonly HttpClient client;

    public Shop(TestApp app, string space)
    {
        (Name, Storage) = (space.Length > 0 ? space : "bakery", app.Storage.In(space));
        client = With(app, KeyOf(space));
    }

    /// <summary>A word that stands in all of its data, and in nobody else's.</summary>
    public string Name { get; }

    public StorageConnection Storage { get; }

    /// <summary>The version that serves.</summary>
    public string Version { get; private set; } = "";

    /// <summary>The key of a space.</summary>
    public static string KeyOf(string space) => space.Length > 0 ? $"{space}.a-secret" : TestApp.Key;

    /// <summary>The setting that gives a space its key.</summary>
    public static string[] Settings(string space) => [$"Host:Keys:{space}:Key={KeyOf(space)}", $"Host:Keys:{space}:Scopes=ingest,recommend,read,operate"];

    /// <summary>A client with a key.</summary>
    public static HttpClient With(TestApp app, string key) =>
        new() { BaseAddress = app.Client.BaseAddress, DefaultRequestHeaders = { { "x-functions-key", key } } };

    /// <summary>Fills the catalogue and publishes a model, both of the same items as every other shop's.</summary>
    public async Task OpenAsync(float shift)
    {
        // The application creates what is missing beside its start.
        await Storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        var model = new TestModel(Items, shift);
        await new ItemStore(Storage).PutAsync([.. model.Items.Select(id => new CatalogueItem { Id = id, Title = $"{Name} {id}" })]);
        Version = await model.PublishAsync(new ModelRegistry(Storage));
        await Eventually.TrueAsync($"{Name} serves its model and knows its catalogue", async () =>
            (await SendAsync(HttpMethod.Get, "/api/status")).GetProperty("model").GetProperty("serving").GetString() == Version
            && (await RecommendAsync("nobody")).GetProperty("items").EnumerateArray().All(IsOwn));
    }

    public Task<JsonElement> RecommendAsync(string user) => SendAsync(HttpMethod.Get, $"/api/recommendations/{Uri.EscapeDataString(user)}?k=5");

    /// <summary>Whether an item has this shop's title.</summary>
    public bool IsOwn(JsonElement item) => item.TryGetProperty("title", out var title) && title.GetString() is { } text && text.StartsWith(Name + " ", StringComparison.Ordinal);

    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body = null, int status = 200)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((int)response.StatusCode == status, $"{Name}: {method} {path}: {(int)response.StatusCode} {text}");
        var answer = JsonSerializer.Deserialize<JsonElement>(text);
        ApiDescription.Check(method, path, status, response.Content.Headers.ContentType?.MediaType, answer);
        return answer;
    }

    public void Dispose() => client.Dispose();
}
