using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using SasRec.Host.Worker.Messages;

namespace SasRec.Host.Worker;

/// <summary>The conversation with one worker: it is initialised, loads its functions and is asked to run them.</summary>
/// <param name="id">The id that the worker was started with; nobody else is listened to.</param>
/// <param name="loggers">Where the worker's log lines go.</param>
sealed class WorkerChannel(string id, ILoggerFactory loggers) : FunctionRpc.FunctionRpcBase, IDisposable
{
    const string HostVersion = "4.0.0";

    // Writes to one stream must not overlap.
    readonly SemaphoreSlim writing = new(1, 1);
    readonly TaskCompletionSource<IServerStreamWriter<StreamingMessage>> connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> answers = [];
    readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> invocations = [];
    readonly CancellationTokenSource closed = new();

    /// <summary>Where the worker takes HTTP requests.</summary>
    public string HttpAddress { get; private set; } = "";

    /// <summary>Waits for the worker, then initialises it and loads its functions.</summary>
    /// <exception cref="InvalidDataException">The worker refuses, or a function is of a kind that this host does not run.</exception>
    public async Task<IReadOnlyList<FunctionDefinition>> InitializeAsync(string appFolder, CancellationToken cancellation)
    {
        await connected.Task.WaitAsync(cancellation);
        var request = new WorkerInitRequest { HostVersion = HostVersion, FunctionAppDirectory = appFolder, WorkerDirectory = appFolder };
        request.Capabilities.Add("V2Compatable", "true");
        request.Capabilities.Add("HandlesInvocationCancelMessage", "true");
        var init = (await AskAsync(new StreamingMessage { WorkerInitRequest = request }, cancellation)).WorkerInitResponse;
        Check(init.Result, "start");
        HttpAddress = init.Capabilities.TryGetValue("HttpUri", out var address)
            ? address.TrimEnd('/')
            : throw new InvalidDataException("The worker takes no HTTP requests: the app must call ConfigureFunctionsWebApplication().");
        var metadata = (await AskAsync(
            new StreamingMessage { FunctionsMetadataRequest = new() { FunctionAppDirectory = appFolder } }, cancellation)).FunctionMetadataResponse;
        Check(metadata.Result, "name its functions");
        var functions = new List<FunctionDefinition>();
        foreach (var function in metadata.FunctionMetadataResults)
        {
            functions.Add(FunctionDefinition.Of(function));
            var load = new FunctionLoadRequest { FunctionId = function.FunctionId, Metadata = function };
            var loaded = (await AskAsync(new StreamingMessage { FunctionLoadRequest = load }, cancellation)).FunctionLoadResponse;
            Check(loaded.Result, $"load function '{function.Name}'");
        }

        return functions;
    }

    /// <summary>Runs a function and waits for its end.</summary>
    /// <exception cref="InvocationFailedException">The function failed; the message is the function's own.</exception>
    /// <exception cref="OperationCanceledException">The function was cancelled, or the worker ended.</exception>
    public async Task InvokeAsync(InvocationRequest request, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource<InvocationResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        invocations[request.InvocationId] = ended;
        await using var onClosed = closed.Token.Register(() => ended.TrySetCanceled(closed.Token));
        await using var onCancelled = cancellation.Register(() => _ = SendAsync(
            new StreamingMessage { InvocationCancel = new() { InvocationId = request.InvocationId, GracePeriod = new() } }));
        try
        {
            await SendAsync(new StreamingMessage { RequestId = request.InvocationId, InvocationRequest = request });
            var response = await ended.Task;
            switch (response.Result?.Status)
            {
                case StatusResult.Types.Status.Success:
                    return;
                case StatusResult.Types.Status.Cancelled:
                    throw new OperationCanceledException(cancellation);
                default:
                    throw new InvocationFailedException(response.Result?.Exception?.Message ?? "The worker gives no reason.");
            }
        }
        finally
        {
            invocations.TryRemove(request.InvocationId, out _);
        }
    }

    /// <summary>A request to run a function.</summary>
    /// <param name="function">The function.</param>
    /// <param name="traceParent">The W3C trace context that it belongs to; null begins a trace.</param>
    public static InvocationRequest RequestOf(FunctionDefinition function, string? traceParent = null) => new()
    {
        InvocationId = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
        FunctionId = function.Id,

        // The worker reads it unasked.
        TraceContext = new RpcTraceContext
        {
            TraceParent = traceParent ?? $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00", TraceState = "",
        },
    };

    /// <summary>Asks the worker to end in order.</summary>
    public Task TerminateAsync(TimeSpan grace) => connected.Task.IsCompletedSuccessfully
        ? SendAsync(new StreamingMessage { WorkerTerminate = new() { GracePeriod = new() { Seconds = (long)grace.TotalSeconds } } })
        : Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        closed.Dispose();
        writing.Dispose();
    }

    /// <inheritdoc/>
    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream, IServerStreamWriter<StreamingMessage> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.StartStream?.WorkerId != id
            || !connected.TrySetResult(responseStream))
        {
            throw new Grpc.Core.RpcException(new Status(StatusCode.PermissionDenied, "This host speaks with the one worker that it started."));
        }

        try
        {
            while (await requestStream.MoveNext(context.CancellationToken))
            {
                Take(requestStream.Current);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The worker ended; its process says how.
        }
        finally
        {
            await closed.CancelAsync();
        }
    }

    void Take(StreamingMessage message)
    {
        switch (message.ContentCase)
        {
            case StreamingMessage.ContentOneofCase.InvocationResponse:
                if (invocations.TryGetValue(message.InvocationResponse.InvocationId, out var ended))
                {
                    ended.TrySetResult(message.InvocationResponse);
                }

                break;
            case StreamingMessage.ContentOneofCase.RpcLog:
                var line = message.RpcLog;
                loggers.CreateLogger(line.Category).Log(
                    (LogLevel)(int)line.Level, "{Message}{Exception}", line.Message,
                    line.Exception is { } e ? $"{Environment.NewLine}{e.Message}{Environment.NewLine}{e.StackTrace}" : "");
                break;
            default:
                if (answers.TryRemove(message.RequestId, out var asked))
                {
                    asked.TrySetResult(message);
                }

                break;
        }
    }

    async Task<StreamingMessage> AskAsync(StreamingMessage message, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<StreamingMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        message.RequestId = Guid.NewGuid().ToString("N");
        answers[message.RequestId] = answer;
        await using var onClosed = closed.Token.Register(() => answer.TrySetCanceled(closed.Token));
        await SendAsync(message);
        return await answer.Task.WaitAsync(cancellation);
    }

    async Task SendAsync(StreamingMessage message)
    {
        var stream = await connected.Task;
        await writing.WaitAsync(closed.Token);
        try
        {
            await stream.WriteAsync(message);
        }
        catch (InvalidOperationException) when (closed.IsCancellationRequested)
        {
            throw new OperationCanceledException(closed.Token);
        }
        finally
        {
            writing.Release();
        }
    }

    static void Check(StatusResult? result, string what)
    {
        if (result is { Status: not StatusResult.Types.Status.Success })
        {
            throw new InvalidDataException($"The worker could not {what}: {result.Exception?.Message ?? result.Result}");
        }
    }
}

/// <summary>A function failed.</summary>
sealed class InvocationFailedException(string message) : Exception(message);
