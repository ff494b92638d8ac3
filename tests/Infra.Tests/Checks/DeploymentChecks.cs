using System.Text.RegularExpressions;
using SasRec.Infra.Tests.Arm;

namespace SasRec.Infra.Tests.Checks;

/// <summary>What would only show when somebody deploys: the order, and what a second deployment leaves alone.</summary>
static partial class DeploymentChecks
{
    /// <summary>Every Bicep file is a module of main.bicep or imported there, so that compiling main.bicep compiles it.</summary>
    public static IEnumerable<string> Files(Repository repository)
    {
        var main = repository.Text("infra/main.bicep");
        return from file in Repository.BicepFiles
               let name = Path.GetFileName(file)
               where file != "infra/main.bicep"
                   && !main.Contains($" '{name}' ", StringComparison.Ordinal)
                   && !main.Contains($" from '{name}'\n", StringComparison.Ordinal)
               select $"Nobody uses {file}.";
    }

    /// <summary>Rights on storage are given early, because they take minutes to work; the functions app comes after all that it needs.</summary>
    public static IEnumerable<string> Order(Repository repository)
    {
        var modules = repository.Main.Modules;
        HashSet<string> Before(string name) =>
            [.. modules.TryGetValue(name, out var module) ? module.After.SelectMany(other => Before(other).Append(other)) : []];

        if (Before("roles").Concat(Before("spaceRoles")).Intersect(["containerApps", "trainer"]).Any())
        {
            yield return "roles or spaceRoles waits for Container Apps, so that its rights are too young when the functions app is deployed.";
        }

        foreach (var needed in new[] { "roles", "spaceRoles", "jobRole", "endpoints", "trainer" }.Except(Before("api")))
        {
            yield return $"api does not wait for {needed}.";
        }

        foreach (var needed in new[] { "storage", "registry", "monitoring" }.Except(Before("roles")))
        {
            yield return $"roles does not wait for {needed}.";
        }

        if (!Before("endpoints").Contains("storage") || !Before("spaceRoles").Contains("storage") || !Before("jobRole").Contains("trainer"))
        {
            yield return "endpoints and spaceRoles must wait for storage, and jobRole for the trainer.";
        }
    }

    /// <summary>A deployment from another machine leaves the trainer's image as it is.</summary>
    public static IEnumerable<string> KeepsTheImage(Repository repository)
    {
        var service = repository.Main.Modules["trainer"].Given["image"].Contains("reference('deployed')", StringComparison.Ordinal)
            ? Exists().Match(repository.Text("infra/main.parameters.json")).Groups[1].Value.ToLowerInvariant()
            : "";
        if (!repository.Text("azure.yaml").Contains($"\n  {service}:\n", StringComparison.Ordinal))
        {
            yield return "Provisioning without azd's own file takes the trainer's image back.";
        }
    }

    /// <summary>Each size of the trainer has a profile of the environment, and fits in it.</summary>
    public static IEnumerable<string> Hardware(Repository repository)
    {
        var allowed = repository.Main.Parameters["trainerHardware"].GetProperty("allowedValues").EnumerateArray().Select(v => v.GetString()!);
        var sizes = repository.Module("trainer").Variables["sizes"];
        var profiles = repository.Module("containerApps").Variables["otherProfiles"];
        foreach (var name in allowed)
        {
            if (!sizes.TryGetProperty(name, out var size) || (name != "cpu" && !profiles.TryGetProperty(name, out _)))
            {
                yield return $"trainerHardware {name} has no size or no profile.";
            }
            else if (name != "cpu" && (size.Text("profile") != name || profiles.At(name, "name").ToString() != name))
            {
                yield return $"trainerHardware {name} runs on {size.Text("profile")}.";
            }
        }
    }

    /// <summary>The options of an environment reach the trainer, behind the verb.</summary>
    public static IEnumerable<string> TrainerArguments(Repository repository)
    {
        var container = repository.Module("trainer").Created("Microsoft.App/jobs").At("properties", "template", "containers")[0];
        if (container.Text("args") != "[concat(createArray('run', '--json'), parameters('arguments'))]"
            || !repository.Main.Modules["trainer"].Given["arguments"].Contains("parameters('trainerArguments')", StringComparison.Ordinal))
        {
            yield return "The trainer job does not get the options of trainerArguments.";
        }
    }

    /// <summary>Deleted blobs can be restored for as long as promised, and are gone soon after: soft delete counts from a version's end.</summary>
    public static IEnumerable<string> Restore(Repository repository)
    {
        var storage = repository.Module("storage");
        var blobs = storage.Created("Microsoft.Storage/storageAccounts/blobServices").GetProperty("properties");
        foreach (var policy in new[] { "deleteRetentionPolicy", "containerDeleteRetentionPolicy" })
        {
            if (blobs.At(policy, "days").ToString() != "[parameters('restoreDays')]")
            {
                yield return $"{policy} is not restoreDays.";
            }
        }

        var days = from rule in AgreementChecks.LifecycleRules(repository)
                   let version = rule.At("definition", "actions", "version", "delete", "daysAfterCreationGreaterThan")
                   where version.ValueKind != default
                   select version.ToString();
        if (!days.SequenceEqual(["1"]))
        {
            yield return "Replaced versions must become softly deleted after a day, or deleted users live longer than main.bicep says.";
        }
    }

    /// <summary>Whoever deletes a table sets off an alert.</summary>
    public static IEnumerable<string> TableDeletions(Repository repository)
    {
        var settings = repository.Module("storage").Created("Microsoft.Insights/diagnosticSettings");
        var logged = settings.Text("scope").Contains("/tableServices'", StringComparison.Ordinal)
            && settings.At("properties", "logs").EnumerateArray().Any(log => log.Text("category") == "StorageDelete");
        var alerted = repository.Module("alerts").Variables["rules"].EnumerateArray()
            .Any(rule => rule.Text("query").Contains("StorageTableLogs\n| where OperationName == 'DeleteTable'", StringComparison.Ordinal));
        return logged && alerted ? [] : ["A deleted table is not noticed."];
    }

    [GeneratedRegex(@"\$\{SERVICE_(\w+)_RESOURCE_EXISTS=false\}")]
    private static partial Regex Exists();
}
