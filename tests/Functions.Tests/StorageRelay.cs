using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SasRec.Azurite;

namespace SasRec.Functions.Tests;

/// <summary>Stands between an application and one service of its storage, and counts what is asked for.</summary>
sealed class StorageRelay : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly ConcurrentBag<TcpClient> open = [];
    readonly ConcurrentQueue<string> requests = new();
    readonly int port;
    readonly Task accepting;

    /// <summary>Begins to relay to a port.</summary>
    public StorageRelay(int port)
    {
        this.port = port;
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>Where an application connects to.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>An account whose table and queue services are reached through relays.</summary>
    public static string ConnectionString(AzuriteServer azurite, StorageRelay queues, StorageRelay tables) =>
        AzuriteServer.ConnectionStringOf(azurite.BlobPort, queues.Port, tables.Port);

    /// <summary>How many requests have begun with a verb and a path in the account, and name something behind it.</summary>
    public int Count(string verb, string path, string named = "") => requests.Count(request =>
        request.StartsWith($"{verb} /devstoreaccount1/{path}", StringComparison.Ordinal) && request.Contains(named, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in open)
        {
            client.Dispose();
        }
    }

    async Task AcceptAsync()
    {
        while (true)
        {
            var (client, server) = (await listener.AcceptTcpClientAsync(), new TcpClient());
            open.Add(client);
            open.Add(server);
            _ = RelayAsync(client, server);
        }
    }

    async Task RelayAsync(TcpClient client, TcpClient server)
    {
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port);
            var answers = server.GetStream().CopyToAsync(client.GetStream());
            var buffer = new byte[1 << 16];
            for (int read; (read = await client.GetStream().ReadAsync(buffer)) > 0;)
            {
                // A request begins with what is read first of it; nothing else begins like one.
                var text = Encoding.ASCII.GetString(buffer, 0, Math.Min(read, 2048));
                if (text.IndexOf(" HTTP/1.1\r\n", StringComparison.Ordinal) is > 0 and var end && !text[..end].Contains('\n', StringComparison.Ordinal))
                {
                    requests.Enqueue(text[..end]);
                }

                await server.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }

            server.Client.Shutdown(SocketShutdown.Send);
            await answers;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
