using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace SasRec.Functions.Tests.Clients;

/// <summary>Stands between a client and the application: while it is shut, connections end, whatever is under way on them.</summary>
sealed class Gate : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly ConcurrentDictionary<TcpClient, bool> connections = new();
    readonly int port;
    readonly Task accepting;
    volatile bool shut;
    volatile int ended;

    public Gate(Uri behind)
    {
        port = behind.Port;
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    /// <summary>How many connections it has ended or refused.</summary>
    public int Ended => ended;

    /// <summary>Ends all connections, and new ones until it is opened.</summary>
    public void Shut()
    {
        shut = true;
        foreach (var connection in connections.Keys)
        {
            Interlocked.Increment(ref ended);
            connection.Dispose();
        }
    }

    public void Open() => shut = false;

    public async ValueTask DisposeAsync()
    {
        Shut();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    async Task AcceptAsync()
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync();
            if (shut)
            {
                Interlocked.Increment(ref ended);
                client.Dispose();
                continue;
            }

            connections[client] = true;
            _ = RelayAsync(client);
        }
    }

    async Task RelayAsync(TcpClient client)
    {
        using var server = new TcpClient();
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, port);
            await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Either side left.
        }
        finally
        {
            connections.TryRemove(client, out _);
            client.Dispose();
        }
    }
}
