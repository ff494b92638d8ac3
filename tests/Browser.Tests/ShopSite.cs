using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SasRec.Browser.Tests;

/// <summary>Pages of a shop, at an origin of their own.</summary>
sealed class ShopSite : IDisposable
{
    readonly HttpListener listener = new();
    readonly Dictionary<string, (string Type, string Text)> files = [];

    public ShopSite()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Origin = $"http://localhost:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        listener.Prefixes.Add(Origin + "/");
        listener.Start();
        _ = AnswerAsync();
    }

    public string Origin { get; }

    public void Put(string path, string type, string text) => files[path] = (type, text);

    public void Dispose() => listener.Close();

    async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await listener.GetContextAsync();
                using var response = context.Response;
                var found = files.TryGetValue(context.Request.Url!.AbsolutePath, out var file);
                (response.StatusCode, response.ContentType) = (found ? 200 : 404, found ? file.Type : "text/plain");
                await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(found ? file.Text : ""));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The end.
        }
    }
}
