using System.Globalization;
using System.Text;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SasRec.Portable.LocalHost.Configuration;
using SasRec.Portable.LocalHost.Invocation;

namespace SasRec.Portable.LocalHost.Queues;

/// <summary>Runs a function for one message, in a scope of its own.</summary>
sealed class QueueFunction
{
    readonly LocalFunction function;
    readonly HostSettings host;
    readonly IServiceProvider services;
    readonly FunctionInvoker invoker;

    /// <exception cref="NotSupportedException">The function returns a value; outputs are not supported.</exception>
    public QueueFunction(LocalFunction function, HostSettings host, IServiceProvider services)
    {
        if (function.Method.ReturnType != typeof(Task) && function.Method.ReturnType != typeof(void))
        {
            throw new NotSupportedException($"Function '{function.Name}' returns {function.Method.ReturnType}; a queue function returns Task or nothing.");
        }

        (this.function, this.host, this.services) = (function, host, services);
        invoker = new FunctionInvoker(function, Input(function.TriggerParameter.ParameterType, services));
    }

    public async Task RunAsync(QueueMessage message, byte[] body, CancellationToken cancellation)
    {
        await using var scope = services.CreateAsyncScope();
        using var timeout = InvocationTimeout.Of(host, services, cancellation);
        var decoded = QueuesModelFactory.QueueMessage(
            message.MessageId, message.PopReceipt, new BinaryData(body), message.DequeueCount,
            message.NextVisibleOn, message.InsertedOn, message.ExpiresOn);
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Id"] = message.MessageId,
            ["PopReceipt"] = message.PopReceipt,
            ["DequeueCount"] = message.DequeueCount.ToString(CultureInfo.InvariantCulture),
            ["QueueTrigger"] = Encoding.UTF8.GetString(body),
        };
        await invoker.InvokeAsync(new LocalFunctionContext(function, decoded, data, scope.ServiceProvider, timeout.Token));
    }

    static Func<object, object?> Input(Type type, IServiceProvider services)
    {
        if (type == typeof(QueueMessage))
        {
            return message => message;
        }

        if (type == typeof(BinaryData))
        {
            return message => ((QueueMessage)message).Body;
        }

        if (type == typeof(byte[]))
        {
            return message => ((QueueMessage)message).Body.ToArray();
        }

        if (type == typeof(string))
        {
            return message => ((QueueMessage)message).Body.ToString();
        }

        var options = services.GetRequiredService<IOptions<JsonSerializerOptions>>().Value;
        return message => JsonSerializer.Deserialize(((QueueMessage)message).Body, type, options);
    }
}
