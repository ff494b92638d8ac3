namespace Microsoft.Azure.Functions.Worker;

/// <summary>What the trigger knows of one invocation.</summary>
public abstract class BindingContext
{
    /// <summary>Route values of a request; <c>Id</c>, <c>PopReceipt</c>, <c>DequeueCount</c> and <c>QueueTrigger</c> of a queue message.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}
