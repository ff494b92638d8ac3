using System.Net;
using SasRec.Azurite;

namespace SasRec.Functions.Tests.Http;

public class LoadTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_too_much_is_told_to_come_back_and_health_is_answered_meanwhile()
    {
        await using var azurite = await AzuriteServer.StartAsync(cancellation: Cancellation);
        await using var app = await TestApp.StartAsync(azurite, "Load:MaxRequests=1", "Storage:RequestTimeout=00:00:04", "Logging:LogLevel:Default=None");
        await azurite.DisposeAsync();

        // Each of these waits for storage, one at a time.
        var asked = Enumerable.Range(0, 12).Select(_ => app.Client.GetAsync("/api/users/u", Cancellation)).ToArray();
        var first = await await Task.WhenAny(asked);
        using var health = await app.Client.GetAsync("/api/health", Cancellation);

        Assert.Equal(HttpStatusCode.TooManyRequests, first.StatusCode);
        Assert.Equal("application/problem+json", first.Content.Headers.ContentType!.MediaType);
        Assert.InRange(first.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 10);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        var answers = await Task.WhenAll(asked);
        Assert.Equal(4, answers.Count(answer => answer.StatusCode == HttpStatusCode.ServiceUnavailable));
        Array.ForEach(answers, answer => answer.Dispose());
    }
}
