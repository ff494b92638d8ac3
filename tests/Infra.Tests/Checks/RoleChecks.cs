using System.Text.RegularExpressions;

namespace SasRec.Infra.Tests.Checks;

/// <summary>Every right that the code needs is given, and no other: each has its evidence in the sources.</summary>
static partial class RoleChecks
{
    static readonly Need[] Needs =
    [
        new("api", "blobDataOwner", "account", ["functions"], "ModelRegistry"),
        new("api", "queueDataContributor", "account", ["functions"], "[QueueTrigger("),
        new("api", "tableDataContributor", "account", ["functions"], "InteractionLog"),
        new("api", "metricsPublisher", "insights", ["infra/functions.bicep"], "Authorization=AAD"),
        new("api", "jobsOperator", "job", ["functions"], "Microsoft.App/jobs"),
        new("trainer", "blobDataContributor", "account::blobs::models", ["trainer-job/Run"], "ModelRegistry"),
        new("trainer", "blobDataContributor", "account::blobs::training", ["trainer-job/Run"], "SingleFlight"),
        new("trainer", "tableDataContributor", "account::tables::feed", ["storage/Training"], "feed.RemoveAsync"),
        new("trainer", "tableDataReader", "account::tables::impressions", ["trainer-job/Evaluate"], "ImpressionLog"),
        new("trainer", "metricsPublisher", "insights", ["infra/trainer.bicep"], "APPLICATIONINSIGHTS_CONNECTION_STRING"),
        new("trainer", "registryPull", "registry", ["infra/trainer.bicep"], "registries: [{ server: registryServer,"),
    ];

    // What only the command line of a person touches.
    static readonly string[] NotInTheJob = ["InteractionLog", "InteractionQueue", "ImpressionQueue", "PoisonMessages"];

    static readonly Dictionary<string, string> Definitions = new()
    {
        ["blobDataOwner"] = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        ["blobDataContributor"] = "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ["queueDataContributor"] = "974c5e8b-45b9-4653-ba55-5f855dd0fb88",
        ["tableDataContributor"] = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3",
        ["tableDataReader"] = "76199698-9eea-4c19-bc75-cec21354c6b6",
        ["metricsPublisher"] = "3913510d-42f4-4e42-8a64-420c390055eb",
        ["registryPull"] = "7f951dda-4ed3-4680-a7ca-43fe172d538d",
        ["jobsOperator"] = "b9a307c4-5aa3-4b52-ba60-2b17c136cd7b",
    };

    public static IEnumerable<string> Roles(Repository repository)
    {
        var roles = repository.Bicep["roles.bicep"];
        foreach (var (name, id) in roles.Vars["definitions"].EnumerateObject().Select(p => (p.Name, p.Value.GetString())))
        {
            if (Definitions.GetValueOrDefault(name) != id)
            {
                yield return $"{name} is {id}, not the role of that name.";
            }
        }

        var needed = Needs.Where(need => need.IsProven(repository)).Select(need => (need.Who, need.Role, need.Scope)).ToHashSet();
        var given = new HashSet<(string Who, string Role, string Scope)>();
        foreach (var assignment in roles.Resources.Where(r => !r.Loop && r.Type == "Microsoft.Authorization/roleAssignments"))
        {
            var role = RoleName().Match(assignment.At("properties", "roleDefinitionId").ToString()).Groups[1].Value;
            var principal = assignment.At("properties", "principalId").ToString();
            var who = principal.Contains("apiPrincipalId", StringComparison.Ordinal) ? "api" : "trainer";
            var scope = assignment.At("scope").GetProperty("$").GetString()!;
            given.Add((who, role, scope));
            var name = assignment.At("name").GetProperty("$").GetString();
            if (name != $"guid({scope}.id, {who}PrincipalId, definitions.{role})")
            {
                yield return $"{assignment.Symbol} is named {name}; who, what and where must be in it, or two assignments collide.";
            }
        }

        foreach (var (who, role, scope) in needed.Except(given))
        {
            yield return $"The {who} needs {role} on {scope}, and does not have it.";
        }

        foreach (var (who, role, scope) in given.Except(needed))
        {
            yield return $"The {who} has {role} on {scope}, and no code needs it.";
        }

        foreach (var (path, text) in repository.Sources("trainer-job/Run").Concat(repository.Sources("trainer-job/Evaluate")))
        {
            foreach (var type in NotInTheJob.Where(type => text.Contains(type, StringComparison.Ordinal)))
            {
                yield return $"{path} uses {type}, for which the trainer has no role.";
            }
        }
    }

    /// <summary>Roles are given in one file.</summary>
    public static IEnumerable<string> OneFile(Repository repository) =>
        from file in repository.Bicep
        where file.Key != "roles.bicep"
            && file.Value.Resources.Any(r => r.Type.StartsWith("Microsoft.Authorization/", StringComparison.Ordinal))
        select $"{file.Key} gives roles; roles.bicep is where they are looked for.";

    [GeneratedRegex(@"definitions\.(\w+)\)")]
    private static partial Regex RoleName();

    sealed record Need(string Who, string Role, string Scope, string[] Where, string Evidence)
    {
        public bool IsProven(Repository repository) => Where.Any(place => place.EndsWith(".bicep", StringComparison.Ordinal)
            ? repository.Text(place).Contains(Evidence, StringComparison.Ordinal)
            : repository.Sources(place).Any(source => source.Text.Contains(Evidence, StringComparison.Ordinal)));
    }
}
