using System.Text.Json;

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
        from name in repository.Bicep.Keys
        from key in Keys
        where repository.Text($"infra/{name}").Contains(key, StringComparison.OrdinalIgnoreCase)
        select $"infra/{name} has '{key}': there is to be no secret.";

    public static IEnumerable<string> Switches(Repository repository)
    {
        (string File, string Type, bool Wanted, string[] Path)[] switches =
        [
            ("storage.bicep", "Microsoft.Storage/storageAccounts", false, ["properties", "allowSharedKeyAccess"]),
            ("storage.bicep", "Microsoft.Storage/storageAccounts", false, ["properties", "allowBlobPublicAccess"]),
            ("storage.bicep", "Microsoft.Storage/storageAccounts", false, ["properties", "allowCrossTenantReplication"]),
            ("storage.bicep", "Microsoft.Storage/storageAccounts", true, ["properties", "supportsHttpsTrafficOnly"]),
            ("registry.bicep", "Microsoft.ContainerRegistry/registries", false, ["properties", "adminUserEnabled"]),
            ("monitoring.bicep", "Microsoft.Insights/components", true, ["properties", "DisableLocalAuth"]),
            ("functions.bicep", "Microsoft.Web/sites", true, ["properties", "httpsOnly"]),
        ];
        foreach (var (file, type, wanted, path) in switches)
        {
            if (repository.Bicep[file].Created(type).At(path).ValueKind != (wanted ? JsonValueKind.True : JsonValueKind.False))
            {
                yield return $"{file}: {string.Join('.', path)} must be {(wanted ? "true" : "false")}.";
            }
        }

        foreach (var policy in repository.Bicep["functions.bicep"].Resources
            .Where(r => r.Type.EndsWith("basicPublishingCredentialsPolicies", StringComparison.Ordinal)))
        {
            if (policy.At("properties", "allow").ValueKind != JsonValueKind.False)
            {
                yield return $"functions.bicep: {policy.Symbol} lets passwords deploy.";
            }
        }
    }
}
