namespace Microsoft.Azure.Functions.Worker;

/// <summary>A function of the application.</summary>
public abstract class FunctionDefinition
{
    /// <summary>The full path of the assembly that holds the function.</summary>
    public abstract string PathToAssembly { get; }

    /// <summary>The method, as <c>Namespace.Type.Method</c>.</summary>
    public abstract string EntryPoint { get; }

    /// <summary>The function's id.</summary>
    public abstract string Id { get; }

    /// <summary>The function's name.</summary>
    public abstract string Name { get; }
}
