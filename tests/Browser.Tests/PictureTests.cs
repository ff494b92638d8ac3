using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Playwright;
using SasRec.Core.Events;
using SasRec.Storage.Log;
using static Microsoft.Playwright.Assertions;

namespace SasRec.Browser.Tests;

public class PictureTests(Chromium chromium)
{
    [Fact]
    public async Task Pictures_are_shown_from_hosts_that_an_operator_allows_and_others_are_not_asked_for()
    {
        using var pictures = new PictureServer();
        await using var app = await RunningApp.StartAsync("Trainer:Command=true", $"Page:ImageHosts=127.0.0.1:{pictures.Port}");
        await app.SendAsync(HttpMethod.Put, "/api/items", new
        {
            items = new[]
            {
                new { id = "allowed", title = "From here", imageUrl = $"http://127.0.0.1:{pictures.Port}/a.svg" },
                new { id = "other", title = "From elsewhere", imageUrl = "http://images.example.com/b.svg" },
            },
        });
        await app.Get<InteractionLog>().AppendAsync([.. new[] { "allowed", "other", "third" }.Select(item => new Interaction
        {
            EventId = item, UserId = item == "third" ? "ann" : "ben", ItemId = item, Timestamp = DateTimeOffset.UtcNow.AddDays(-1),
        })]);

        await using var visit = await PageVisit.OpenAsync(chromium, app, "playground", width: 390);
        var picture = visit.Page.Locator("img");
        await Expect(visit.Slots).ToHaveCountAsync(2, new() { Timeout = 60_000 });
        await Expect(picture).ToHaveCountAsync(1);
        await picture.ScrollIntoViewIfNeededAsync();
        await Eventually.TrueAsync(() => picture.EvaluateAsync<bool>("image => image.complete && image.naturalWidth > 0"), TimeSpan.FromSeconds(30));
        Assert.Empty(await visit.SeriousAsync());
    }

    /// <summary>Answers every request with one small picture.</summary>
    sealed class PictureServer : IDisposable
    {
        const string Picture = """<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="teal"/></svg>""";

        readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public PictureServer()
        {
            listener.Start();
            _ = ServeAsync();
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public void Dispose() => listener.Dispose();

        async Task ServeAsync()
        {
            var answer = Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Type: image/svg+xml\r\nContent-Length: {Picture.Length}\r\nConnection: close\r\n\r\n{Picture}");
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    var stream = client.GetStream();
                    await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false);
                    await stream.WriteAsync(answer);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // The test is over.
            }
        }
    }
}
