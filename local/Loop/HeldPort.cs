using System.Net;
using System.Net.Sockets;

namespace SasRec.Loop;

/// <summary>A port that no other ./run of this machine takes while this one holds it, although nothing listens on it yet.</summary>
sealed class HeldPort : IDisposable
{
    readonly FileStream held;

    HeldPort(int number, FileStream held) => (Number, this.held) = (number, held);

    /// <summary>The port.</summary>
    public int Number { get; }

    /// <summary>Takes a port, or a free one in its place.</summary>
    /// <param name="wanted">The port; 0 for any.</param>
    /// <param name="isAsked">Whether the user named it: then it is this one or none.</param>
    /// <exception cref="ArgumentException">The port that the user named is taken.</exception>
    public static HeldPort Take(int wanted, bool isAsked)
    {
        if (wanted != 0)
        {
            if (TryTake(wanted) is { } port)
            {
                return port;
            }

            if (isAsked)
            {
                throw new ArgumentException($"--port {wanted} is taken by another program. End that, or give another port; 0 takes a free one.");
            }

            Say.Line($"port {wanted} is taken; using a free one");
        }

        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (TryTake(0) is { } port)
            {
                return port;
            }
        }

        throw new InvalidOperationException("The machine has no free port on the loopback interface.");
    }

    static HeldPort? TryTake(int wanted)
    {
        using var listener = new TcpListener(IPAddress.Loopback, wanted);
        try
        {
            listener.Start();
            var number = ((IPEndPoint)listener.LocalEndpoint).Port;
            var file = Path.Combine(Path.GetTempPath(), $"sasrec-port-{number}");
            return new HeldPort(number, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Dispose() => held.Dispose();
}
