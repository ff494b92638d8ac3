using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using SasRec.Host.Worker;
using SasRec.Host.Worker.Messages;
using Yarp.ReverseProxy.Forwarder;

namespace SasRec.Host.Http;

/// <summary>One HTTP function: the request goes to the worker's own web server, the invocation beside it by gRPC, as in Azure.</summary>
sealed class HttpFunction(
    FunctionDefinition function, HttpTrigger trigger, WorkerChannel worker, IHttpForwarder forwarder, HttpMessageInvoker client,
    FunctionKeys keys, ILogger log)
{
    static readonly ForwarderRequestConfig Config = new()
    {
        // The worker speaks HTTP/1.1, and Azure gives a request 230 seconds.
        Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact, ActivityTimeout = TimeSpan.FromSeconds(230),
    };

    public async Task InvokeAsync(HttpContext http)
    {
        var refusal = keys.Admit(http.Request, function.Name, trigger.Level) switch
        {
            Admission.Unknown => (StatusCodes.Status401Unauthorized, "A valid function key is required: header x-functions-key or ?code=."),
            Admission.Forbidden => (StatusCodes.Status403Forbidden, "This key opens other operations."),
            Admission.TooFast => (StatusCodes.Status429TooManyRequests, "This key has had its requests of this second."),
            _ => default((int Status, string Detail)?),
        };
        if (refusal is var (status, detail))
        {
            await Problems.WriteAsync(http, status, detail);
            return;
        }

        var request = WorkerChannel.RequestOf(function, http.Request.Headers.TraceParent is [{ } sent] ? sent : null);
        foreach (var (name, value) in http.Request.RouteValues)
        {
            request.TriggerMetadata[name] = new TypedData { String = value as string ?? "" };
        }

        // The worker waits for both halves of a request, so neither waits for the other here.
        var invocation = worker.InvokeAsync(request, http.RequestAborted);
        var failure = await forwarder.SendAsync(http, worker.HttpAddress, client, Config, new Transform(request), http.RequestAborted);
        if (failure != ForwarderError.None && !http.RequestAborted.IsCancellationRequested)
        {
            if (failure is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyCanceled)
            {
                await Problems.WriteAsync(http, StatusCodes.Status400BadRequest, "The request's body cannot be read as HTTP.");
                return;
            }

            log.LogError(http.GetForwarderErrorFeature()?.Exception, "Function '{Function}': the worker did not answer ({Failure}).", function.Name, failure);
            await Problems.WriteAsync(
                http, StatusCodes.Status503ServiceUnavailable, $"Function '{function.Name}' did not answer: its worker may have ended. The host's log says why.");
            return;
        }

        try
        {
            await invocation;
        }
        catch (InvocationFailedException e)
        {
            log.LogError("Function '{Function}' failed: {Message}", function.Name, e.Message);
        }
        catch (OperationCanceledException)
        {
            // The client left, or the worker ended; the answer, if any, has been sent.
        }
    }

    sealed class Transform(InvocationRequest request) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            proxyRequest.Headers.TryAddWithoutValidation("x-ms-invocation-id", request.InvocationId);

            // Both halves of a request are in one trace.
            proxyRequest.Headers.Remove("traceparent");
            proxyRequest.Headers.TryAddWithoutValidation("traceparent", request.TraceContext.TraceParent);
        }
    }
}
