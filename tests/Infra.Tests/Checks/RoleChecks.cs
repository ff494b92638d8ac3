using System.Text.RegularExpressions;
using SasRec.Infra.Tests.Arm;
using SasRec.Storage;

namespace SasRec.Infra.Tests.Checks;

/// <summary>Every right that the code needs is given, and no other: each has its evidence in the sources.</summary>
static partial class RoleChecks
{
    static readonly Need[] Needs =
    [
        new("api", "blobDataOwner", "storageAccounts", ["functions"], "ModelRegistry"),
        new("api", "queueDataContributor", "storageAccounts", ["functions"], "[QueueTrigger("),
        new("api", "tableDataContributor", "storageAccounts", ["functions"], "InteractionLog"),
        new("api", "metricsPublisher", "components", ["infra/functions.bicep"], "Authorization=AAD"),
        new("api", "jobsOperator", "jobs", ["functions"], "Microsoft.App/jobs"),
        new("trainer", "blobDataContributor", $"containers/{Names.ModelsContainer}", ["trainer-job/Run"], "ModelRegistry"),
        new("trainer", "blobDataContributor", $"containers/{Names.TrainingContainer}", ["trainer-job/Run"], "SingleFlight"),
        new("trainer", "tableDataContributor", $"tables/{Names.FeedTable}", ["storage/Training"], "feed.RemoveAsync"),
        new("trainer", "tableDataReader", $"tables/{Names.ImpressionsTable}", ["trainer-job/Run"], "ImpressionLog"),
        new("trainer", "tableDataReader", $"tables/{Names.DeletionsTable}", ["storage/Log"], "tombstones.ReadAsync"),
        new("trainer", "metricsPublisher", "components", ["infra/trainer.bicep"], "APPLICATIONINSIGHTS_CONNECTION_STRING"),
        new("trainer", "registryPull", "registries", ["infra/trainer.bicep"], "registries: [{ server: registryServer,"),
    ];

    // The modules that give roles.
    static readonly string[] Files = ["roles", "spaceRoles", "jobRole"];

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
        foreach (var (name, id) in Files.SelectMany(file => repository.Module(file).Variables["definitions"].EnumerateObject())
            .Select(p => (p.Name, p.Value.GetString())))
        {
            if (Definitions.GetValueOrDefault(name) != id)
            {
                yield return $"{name} is {id}, not the role of that name.";
            }
        }

        var needed = Needs.Where(need => need.IsProven(repository)).Select(need => (need.Who, need.Role, need.Scope)).ToHashSet();
        var given = new HashSet<(string Who, string Role, string Scope)>();
        foreach (var assignment in Files.SelectMany(file => repository.Module(file).Resources).Where(r => !r.TryGetProperty("copy", out _)))
        {
            var role = RoleName().Match(assignment.At("properties", "roleDefinitionId").ToString()).Groups[1].Value;
            var principal = assignment.At("properties", "principalId").ToString();
            var who = principal == "[parameters('apiPrincipalId')]" ? "api" : "trainer";
            var scope = assignment.Text("scope").Trim('[', ']');
            given.Add((who, role, Short(scope)));
            if (assignment.Text("name") != $"[guid({scope}, parameters('{who}PrincipalId'), variables('definitions').{role})]")
            {
                yield return $"{assignment.Text("name")} must have who, what and where in it, or two assignments collide.";
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

    /// <summary>Roles are given where they are looked for.</summary>
    public static IEnumerable<string> Places(Repository repository) =>
        from module in repository.Main.Modules
        where !Files.Contains(module.Key)
            && module.Value.Template.Resources.Any(r => r.Text("type") == "Microsoft.Authorization/roleAssignments")
        select $"{module.Key} gives roles; roles.bicep, spaceroles.bicep and jobrole.bicep are where they are looked for.";

    // resourceId('Microsoft.Storage/storageAccounts/tableServices/tables', parameters('storageName'), 'default', format('{0}Items', parameters('space')))
    // is tables/Items of every space.
    static string Short(string scope)
    {
        var words = Word().Matches(scope).Where(match => !match.Groups[1].Success).Select(match => match.Groups[2].Value.Replace("{0}", "", StringComparison.Ordinal))
            .Where(word => word != "default").ToArray();
        return string.Join('/', words.Skip(1).Prepend(words[0].Split('/')[^1]));
    }

    [GeneratedRegex(@"variables\('definitions'\)\.(\w+)\)")]
    private static partial Regex RoleName();

    [GeneratedRegex(@"(parameters\()?'([^']+)'")]
    private static partial Regex Word();

    sealed record Need(string Who, string Role, string Scope, string[] Where, string Evidence)
    {
        public bool IsProven(Repository repository) => Where.Any(place => place.EndsWith(".bicep", StringComparison.Ordinal)
            ? repository.Text(place).Contains(Evidence, StringComparison.Ordinal)
            : repository.Sources(place).Any(source => source.Text.Contains(Evidence, StringComparison.Ordinal)));
    }
}
