namespace SasRec.Host;

/// <summary>Tells when standard input ends, which it does however the process that holds it ends.</summary>
static class EndOfInput
{
    public static void Watch(Action ended)
    {
        // Reading blocks, also where asked to be asynchronous; the thread ends with the process.
        new Thread(Wait) { IsBackground = true, Name = "end of input" }.Start();

        void Wait()
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[256];
            while (input.Read(ignored) > 0)
            {
            }

            ended();
        }
    }
}
