using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function for each HTTP request to its route.</summary>
public sealed class HttpTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Any method, with a function key.</summary>
    public HttpTriggerAttribute() => AuthLevel = AuthorizationLevel.Function;

    /// <summary>These methods, without a key.</summary>
    /// <param name="methods">The HTTP methods that reach the function.</param>
    public HttpTriggerAttribute(params string[] methods) => Methods = methods;

    /// <summary>Any method.</summary>
    /// <param name="authLevel">Which key a request has to bring.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

    /// <summary>These methods.</summary>
    /// <param name="authLevel">Which key a request has to bring.</param>
    /// <param name="methods">The HTTP methods that reach the function; none means any.</param>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods) => (AuthLevel, Methods) = (authLevel, methods);

    /// <summary>The route template after the prefix; the function's name if null.</summary>
    public string? Route { get; set; }

    /// <summary>The HTTP methods that reach the function; null or empty means any.</summary>
    public string[]? Methods { get; private set; }

    /// <summary>Which key a request has to bring.</summary>
    public AuthorizationLevel AuthLevel { get; private set; }
}
