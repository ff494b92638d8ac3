using System.Text.Json;
using System.Text.RegularExpressions;
using SasRec.Infra.Tests.Arm;
using SasRec.Storage;

namespace SasRec.Infra.Tests.Checks;

/// <summary>Files that deploy and run the system agree with its code.</summary>
static partial class AgreementChecks
{
    /// <summary>Tables, queues and containers are those of <see cref="Names"/>, and lifecycle rules are for blobs that there are.</summary>
    public static IEnumerable<string> StorageNames(Repository repository)
    {
        var storage = repository.Module("storage");
        string[] queues = [Names.InteractionsQueue, Names.ImpressionsQueue];
        string[] tables =
        [
            Names.InteractionsTable, Names.FeedTable, Names.ImpressionsTable, Names.UserImpressionsTable, Names.DeletionsTable, Names.ItemsTable,
            Names.ItemChangesTable,
        ];
        return Differences("tables", storage.Strings("tableNames"), tables)
            .Concat(Differences("queues", storage.Strings("queueNames"), [.. queues, .. queues.Select(q => q + Names.PoisonSuffix)]))
            .Concat(Differences("containers", storage.Strings("containerNames"), [Names.ModelsContainer, Names.TrainingContainer]))
            .Concat(from rule in LifecycleRules(repository)
                    from prefix in Prefixes(rule)
                    where prefix != Names.ModelsContainer + "/2" && prefix != $"{Names.TrainingContainer}/{Names.TrainingBlobs.Runs}"
                    select $"storage.bicep: a lifecycle rule is for {prefix}, where no code writes.");
    }

    /// <summary>No rule deletes models by their age: the one that serves may be the oldest.</summary>
    public static IEnumerable<string> Lifecycle(Repository repository) =>
        from rule in LifecycleRules(repository)
        let definition = rule.GetProperty("definition")
        where definition.GetProperty("actions").TryGetProperty("baseBlob", out var blob) && blob.TryGetProperty("delete", out _)
        where !definition.GetProperty("filters").TryGetProperty("prefixMatch", out _)
            || Prefixes(rule).Any(prefix => prefix != "training/runs/")
        select $"storage.bicep: the rule {rule.GetProperty("name")} deletes blobs that may be in use.";

    /// <summary>The lifecycle rules of the storage account.</summary>
    public static IEnumerable<JsonElement> LifecycleRules(Repository repository) =>
        repository.Module("storage").Created("Microsoft.Storage/storageAccounts/managementPolicies")
            .At("properties", "policy", "rules").EnumerateArray();

    /// <summary>The beginnings of blobs that a rule is for, without the space: format('{0}models/2', lambdaVariables('prefix')) is models/2.</summary>
    static IEnumerable<string> Prefixes(JsonElement rule) =>
        InSpaces().Matches(rule.At("definition", "filters", "prefixMatch").ToString()).Select(match => match.Groups[1].Value);

    public static IEnumerable<string> HostFile(Repository repository)
    {
        using var document = JsonDocument.Parse(repository.Text("host.json"));
        var extensions = document.RootElement.GetProperty("extensions");
        var queues = extensions.GetProperty("queues");
        if (queues.GetProperty("batchSize").GetInt32() is var batch and (< 1 or > 32))
        {
            yield return $"host.json: batchSize is {batch}; the host takes 1 to 32.";
        }

        var connection = repository.Text("storage/StorageConnection.cs");
        var sends = connection.Contains("QueueMessageEncoding.Base64", StringComparison.Ordinal) ? "base64" : "none";
        if (queues.GetProperty("messageEncoding").GetString() is var expected && expected != sends)
        {
            yield return $"host.json: messageEncoding is {expected}, and StorageConnection sends {sends}.";
        }

        // What the host tells of a request has its address in it, and addresses name users. What it tells of every execution costs more than
        // all other logs together.
        var logging = document.RootElement.GetProperty("logging");
        if (logging.GetProperty("logLevel").GetProperty("default").GetString() is var level and not "Warning")
        {
            yield return $"host.json: the host logs every execution, since default is {level}.";
        }

        if (logging.GetProperty("logLevel").GetProperty("Host.Results").GetString() != "None"
            || logging.GetProperty("applicationInsights").GetProperty("enableDependencyTracking").GetBoolean())
        {
            yield return "host.json lets the host log the addresses of requests, which name users.";
        }

        // The functions' own routes begin with api/.
        var prefix = extensions.GetProperty("http").GetProperty("routePrefix").GetString();
        foreach (var file in new[] { "infra/main.bicep", "infra/try" })
        {
            if (!repository.Text(file).Contains($"/{prefix}/api/health".Replace("//", "/", StringComparison.Ordinal), StringComparison.Ordinal))
            {
                yield return $"host.json: routePrefix is {prefix}, and {file} asks elsewhere for the health.";
            }
        }
    }

    /// <summary>azure.yaml names services that are there, and infra tags a resource with each.</summary>
    public static IEnumerable<string> AzureYaml(Repository repository)
    {
        var text = repository.Text("azure.yaml");
        var services = Service().Matches(text)
            .Select(m => (Name: m.Groups[1].Value, Project: m.Groups[2].Value, Host: m.Groups[3].Value))
            .ToArray();
        var tags = Tag().Matches(repository.Text(Repository.Compiled)).Select(match => match.Groups[1].Value);
        foreach (var difference in Differences("services", services.Select(s => s.Name), tags))
        {
            yield return $"azure.yaml and the tags azd-service-name: {difference}";
        }

        foreach (var (name, project, host) in services)
        {
            if (!repository.Exists(project) || host != (name == "api" ? "function" : "containerapp"))
            {
                yield return $"azure.yaml: {name} is {project} on {host}.";
            }

            // With either, azd would deploy infra/NAME.bicep again for the service.
            if (repository.Exists($"infra/{name}.parameters.json") || repository.Exists($"infra/{name}.bicepparam"))
            {
                yield return $"azure.yaml: infra has parameters of the name of the service {name}.";
            }
        }

        if (Docker().Match(text) is not { Success: true } docker || !repository.Exists($"trainer-job/{docker.Groups[1].Value}"))
        {
            yield return "azure.yaml: the trainer has no Dockerfile.";
        }
    }

    /// <summary>Alerts look for words that are still written.</summary>
    public static IEnumerable<string> AlertWords(Repository repository)
    {
        (string InAlert, string File, string InCode)[] words =
        [
            ("in ('Refused', 'Failed')", "storage/Training/RunRecord.cs", "    Refused,"),
            ("in ('Refused', 'Failed')", "storage/Training/RunRecord.cs", "    Failed,"),
            ("ExpectedHttpStatusCode: 200", "functions/Health/HealthFunction.cs", "StatusCodes.Status503ServiceUnavailable"),
        ];
        foreach (var (inAlert, file, inCode) in words)
        {
            if (!repository.Text("infra/alerts.bicep").Contains(inAlert, StringComparison.Ordinal)
                || !repository.Text(file).Contains(inCode, StringComparison.Ordinal))
            {
                yield return $"alerts.bicep waits for {inAlert}, which {file} has to write ({inCode}).";
            }
        }

        var instruments = repository.Text("storage/Telemetry/Instruments.cs");
        foreach (var name in OwnName().Matches(repository.Text("infra/alerts.bicep")).Select(match => match.Value).Distinct())
        {
            if (!instruments.Contains($"\"{name}\"", StringComparison.Ordinal))
            {
                yield return $"alerts.bicep asks for {name}, which nobody measures.";
            }
        }
    }

    /// <summary>The image has what it copies, starts what is built, and runs as a user without rights.</summary>
    public static IEnumerable<string> Dockerfile(Repository repository)
    {
        var text = repository.Text("trainer-job/Dockerfile");
        var allowed = repository.Text(".dockerignore").Split('\n')
            .Where(line => line.StartsWith('!')).Select(line => line[1..]).ToHashSet();
        foreach (var source in Copy().Matches(text).SelectMany(m => m.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!repository.Exists(source.TrimEnd('/')) || !allowed.Contains(source.Split('/')[0]))
            {
                yield return $"Dockerfile copies {source}, which is not there or is left out by .dockerignore.";
            }
        }

        foreach (var image in From().Matches(text).Select(match => match.Groups[1].Value))
        {
            if (!Image().IsMatch(image))
            {
                yield return $"Dockerfile starts from {image}, which is no image of .NET 10 with its digest.";
            }
        }

        foreach (var line in new[] { "USER $APP_UID", "ENTRYPOINT [\"dotnet\", \"SasRec.Trainer.dll\"]" })
        {
            if (!text.Contains(line, StringComparison.Ordinal))
            {
                yield return $"Dockerfile lacks {line}.";
            }
        }
    }

    static IEnumerable<string> Differences(string what, IEnumerable<string> found, IEnumerable<string> wanted)
    {
        var (here, there) = (found.Order(StringComparer.Ordinal).ToArray(), wanted.Order(StringComparer.Ordinal).ToArray());
        return here.SequenceEqual(there) ? [] : [$"{what} are {string.Join(", ", here)}; they must be {string.Join(", ", there)}."];
    }

    [GeneratedRegex(@"^  (\w+):\n    project: (\S+)\n    language: \w+\n    host: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Service();

    [GeneratedRegex(@"format\('\{0\}([^']+)'")]
    private static partial Regex InSpaces();

    [GeneratedRegex(@"'azd-service-name', '(\w+)'")]
    private static partial Regex Tag();

    [GeneratedRegex(@"^      path: \./(\S+)$", RegexOptions.Multiline)]
    private static partial Regex Docker();

    [GeneratedRegex(@"\bsasrec(?:\.\w+)+")]
    private static partial Regex OwnName();

    [GeneratedRegex(@"^COPY (?!--from)(.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"^FROM (\S+)", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^mcr\.microsoft\.com/dotnet/\w+:10\.0[\w.-]*@sha256:[0-9a-f]{64}$")]
    private static partial Regex Image();
}
