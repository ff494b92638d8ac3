using Microsoft.Azure.Functions.Worker;

namespace SasRec.Portable.LocalHost.Invocation;

/// <summary>One invocation: what triggered it and what is known of that.</summary>
sealed class LocalFunctionContext(
    LocalFunction function, object input, IReadOnlyDictionary<string, object?> data, IServiceProvider services, CancellationToken cancellation)
    : FunctionContext
{
    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => function.Id;

    public override FunctionDefinition FunctionDefinition => function;

    public override BindingContext BindingContext { get; } = new Data(data);

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override CancellationToken CancellationToken => cancellation;

    /// <summary>What the trigger's parameter receives, once converted.</summary>
    public object Input => input;

    sealed class Data(IReadOnlyDictionary<string, object?> values) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => values;
    }
}
