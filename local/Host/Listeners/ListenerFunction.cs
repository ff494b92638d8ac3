using System.Globalization;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.WebJobs;
using SasRec.Host.Worker;
using SasRec.Host.Worker.Messages;

namespace SasRec.Host.Listeners;

/// <summary>Runs a function of the worker for a listener of the WebJobs SDK. A failure is thrown, so that the SDK tries again.</summary>
/// <remarks>Public, with public members, since <see cref="ListenerTypes"/> makes its subclasses in another assembly.</remarks>
public abstract class ListenerFunction
{
    readonly FunctionDefinition function;
    readonly WorkerChannel worker;

    /// <summary>A function by its name.</summary>
    protected ListenerFunction(ListenedFunctions functions, string name)
    {
        ArgumentNullException.ThrowIfNull(functions);
        (worker, function) = (functions.Worker, functions.ByName[name]);
    }

    /// <summary>Runs it for a queue message.</summary>
    public Task OnMessageAsync(QueueMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        var request = Request(new TypedData { String = message.Body.ToString() });
        request.TriggerMetadata["Id"] = new TypedData { String = message.MessageId };
        request.TriggerMetadata["DequeueCount"] = new TypedData { Json = message.DequeueCount.ToString(CultureInfo.InvariantCulture) };
        return worker.InvokeAsync(request, cancellation);
    }

    /// <summary>Runs it for an occurrence of its schedule.</summary>
    public Task OnScheduleAsync(TimerInfo timer, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(timer);
        var status = timer.ScheduleStatus is { } s ? new { s.Last, s.Next, s.LastUpdated } : null;
        return worker.InvokeAsync(
            Request(new TypedData { Json = JsonSerializer.Serialize(new { ScheduleStatus = status, timer.IsPastDue }) }), cancellation);
    }

    InvocationRequest Request(TypedData data)
    {
        var request = WorkerChannel.RequestOf(function);
        request.InputData.Add(new ParameterBinding { Name = function.Trigger.Parameter, Data = data });
        return request;
    }
}

/// <summary>The functions that listeners run.</summary>
public sealed class ListenedFunctions
{
    internal ListenedFunctions(IEnumerable<FunctionDefinition> functions, WorkerChannel worker) =>
        (ByName, Worker) = (functions.ToDictionary(function => function.Name), worker);

    internal IReadOnlyDictionary<string, FunctionDefinition> ByName { get; }

    internal WorkerChannel Worker { get; }
}
