using System.Text.Json;
using System.Text.Json.Nodes;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace SasRec.Functions.Retrain;

/// <summary>One Container Apps job, spoken to over Azure's management REST with an identity that may start it and nothing else.</summary>
/// <remarks>The pipeline tries again with growing pauses after 408, 429 and 5xx, and waits as long as Retry-After says. A start that was
/// answered too late may so be made twice; the trainer's lease lets one of the two train.</remarks>
sealed class ContainerJob
{
    const string ApiVersion = "2025-07-01";

    // What an execution may bring of a container's template.
    static readonly string[] ContainerFields = ["name", "image", "command", "args", "env", "resources"];

    readonly HttpPipeline pipeline;
    readonly string job;

    /// <param name="management">Azure's management endpoint: https://management.azure.com.</param>
    /// <param name="id">The job's resource id: /subscriptions/.../providers/Microsoft.App/jobs/NAME.</param>
    /// <param name="identity">Who asks.</param>
    /// <param name="options">Transport and retries.</param>
    public ContainerJob(Uri management, string id, TokenCredential identity, ContainerJobOptions options)
    {
        job = new Uri(management, id).AbsoluteUri;
        var scope = new Uri(management, "/.default").AbsoluteUri;
        pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(identity, scope));
    }

    /// <summary>The executions that Azure still knows of.</summary>
    /// <exception cref="RequestFailedException">Azure refused; the message has its code.</exception>
    public async Task<IReadOnlyList<JobExecution>> ExecutionsAsync(CancellationToken cancellation)
    {
        var found = new List<JobExecution>();
        for (var page = $"{job}/executions?api-version={ApiVersion}"; page is not null;)
        {
            var answer = await SendAsync(RequestMethod.Get, page, null, cancellation);
            found.AddRange(answer["value"]!.AsArray().Select(execution => JobExecution.Of(execution!)));
            page = (string?)answer["nextLink"];
        }

        return found;
    }

    /// <summary>Starts the job as its template says, with more arguments behind the template's and more variables.</summary>
    /// <returns>The execution's name.</returns>
    /// <exception cref="RequestFailedException">Azure refused; the message has its code.</exception>
    public async Task<string> StartAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> variables, CancellationToken cancellation)
    {
        var resource = await SendAsync(RequestMethod.Get, $"{job}?api-version={ApiVersion}", null, cancellation);
        var template = resource["properties"]!["template"]!["containers"]![0]!;
        var container = new JsonObject();
        foreach (var field in ContainerFields)
        {
            if (template[field] is { } value)
            {
                container[field] = value.DeepClone();
            }
        }

        // The template's arguments are the operator's: the verb and the options of every run.
        var args = container["args"] as JsonArray ?? [];
        foreach (var argument in arguments)
        {
            args.Add(argument);
        }

        container["args"] = args;
        var environment = container["env"] as JsonArray ?? [];
        foreach (var (name, value) in variables)
        {
            foreach (var templates in environment.Where(variable => (string?)variable?["name"] == name).ToArray())
            {
                environment.Remove(templates);
            }

            environment.Add(new JsonObject { ["name"] = name, ["value"] = value });
        }

        container["env"] = environment;
        var body = new JsonObject { ["containers"] = new JsonArray(container) };
        var started = await SendAsync(RequestMethod.Post, $"{job}/start?api-version={ApiVersion}", body, cancellation);
        return (string?)started["name"] ?? "";
    }

    async Task<JsonNode> SendAsync(RequestMethod method, string uri, JsonNode? body, CancellationToken cancellation)
    {
        using var message = pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(new Uri(uri));
        message.Request.Headers.Add("Accept", "application/json");
        if (body is not null)
        {
            message.Request.Headers.Add("Content-Type", "application/json");
            message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(body));
        }

        await pipeline.SendAsync(message, cancellation);
        var response = message.Response;
        return response.IsError ? throw new RequestFailedException(response)
            : response.Content.ToMemory().IsEmpty ? new JsonObject()
            : JsonNode.Parse(response.Content.ToMemory().Span)!;
    }
}

/// <summary>Transport and retries of the management REST.</summary>
sealed class ContainerJobOptions : ClientOptions;

/// <summary>One execution of a job.</summary>
/// <param name="Name">The execution's name.</param>
/// <param name="Status">Running, Processing, Succeeded, Failed, Stopped, Degraded or Unknown.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended; null while it has not.</param>
/// <param name="Arguments">The arguments that its container was given.</param>
sealed record JobExecution(string Name, string Status, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, IReadOnlyList<string> Arguments)
{
    /// <summary>Whether it is at work, or may be.</summary>
    public bool IsOpen => Status is "Running" or "Processing" or "Unknown";

    /// <summary>What followed an option among the arguments; null where it was not given.</summary>
    public string? Argument(string option) => Arguments.SkipWhile(argument => argument != option).Skip(1).FirstOrDefault();

    public static JobExecution Of(JsonNode execution)
    {
        var properties = execution["properties"];
        return new JobExecution(
            (string?)execution["name"] ?? "",
            (string?)properties?["status"] ?? "Unknown",
            (DateTimeOffset?)properties?["startTime"],
            (DateTimeOffset?)properties?["endTime"],
            [.. properties?["template"]?["containers"]?[0]?["args"]?.AsArray().Select(a => (string?)a ?? "") ?? []]);
    }
}
