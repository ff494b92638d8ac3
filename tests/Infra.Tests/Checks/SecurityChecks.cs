using System.Text.Json;
using SasRec.Infra.Tests.Arm;

namespace SasRec.Infra.Tests.Checks;

/// <summary>No key opens anything, and nothing is open to the public that need not be.</summary>
static class SecurityChecks
{
    static readonly string[] Keys =
    [
        "listKeys(", "listAccountSas(", "listServiceSas(", "listCredentials(", "AccountKey=", "SharedAccessKey", "sharedKey:",
        "passwordSecretRef", "@secure(",
    ];

    public static IEnumerable<string> Secrets(Repository repository) =>
        from file in Repository.BicepFiles
        from key in Keys
        where repository.Text(file).Contains(key, StringComparison.OrdinalIgnoreCase)
        select $"{file} has '{key}': there is to be no secret.";

    public static IEnumerable<string> Switches(Repository repository)
    {
        (string Module, string Type, bool Wanted, string[] Path)[] switches =
        [
            ("storage", "Microsoft.Storage/storageAccounts", false, ["properties", "allowSharedKeyAccess"]),
            ("storage", "Microsoft.Storage/storageAccounts", false, ["properties", "allowBlobPublicAccess"]),
            ("storage", "Microsoft.Storage/storageAccounts", false, ["properties", "allowCrossTenantReplication"]),
            ("storage", "Microsoft.Storage/storageAccounts", true, ["properties", "supportsHttpsTrafficOnly"]),
            ("registry", "Microsoft.ContainerRegistry/registries", false, ["properties", "adminUserEnabled"]),
            ("monitoring", "Microsoft.Insights/components", true, ["properties", "DisableLocalAuth"]),
            ("api", "Microsoft.Web/sites", true, ["properties", "httpsOnly"]),
        ];
        foreach (var (module, type, wanted, path) in switches)
        {
            if (repository.Module(module).Created(type).At(path).ValueKind != (wanted ? JsonValueKind.True : JsonValueKind.False))
            {
                yield return $"{module}: {string.Join('.', path)} must be {(wanted ? "true" : "false")}.";
            }
        }

        foreach (var policy in repository.Module("api").Resources
            .Where(r => r.Text("type").EndsWith("basicPublishingCredentialsPolicies", StringComparison.Ordinal)))
        {
            if (policy.At("properties", "allow").ValueKind != JsonValueKind.False)
            {
                yield return $"api: {policy.Text("name")} lets passwords deploy.";
            }
        }
    }
}
