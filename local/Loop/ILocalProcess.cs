namespace SasRec.Loop;

/// <summary>A process of the loop that can be watched, and stopped in order by disposing it.</summary>
interface ILocalProcess : IAsyncDisposable
{
    int ProcessId { get; }

    Task WaitForExitAsync(CancellationToken cancellation);
}
