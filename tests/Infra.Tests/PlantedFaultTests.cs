using SasRec.Infra.Tests.Arm;
using SasRec.Infra.Tests.Checks;

namespace SasRec.Infra.Tests;

/// <summary>Faults of the kind that only a deployment would find, planted one at a time: each is found, and named.</summary>
public sealed class PlantedFaultTests
{
    static readonly Lazy<IReadOnlyList<string>> Faulty = new(CompileFaults);

    [Theory]
    [InlineData("budget.bicep", "BCP018")]
    [InlineData("trainer.bicep", "no-hardcoded-location")]
    [InlineData("main.bicep", "BCP035")]
    [InlineData("main.bicep", "what-if-short-circuiting")]
    public void What_the_compiler_or_its_linter_finds(string file, string code) =>
        Assert.Contains(Faulty.Value, line => line.Contains($"/{file}(", StringComparison.Ordinal) && line.Contains($" {code}: ", StringComparison.Ordinal));

    [Theory]
    [InlineData("'budget.bicep' ", "'budgets.bicep' ", "Nobody uses infra/budget.bicep")]
    [InlineData("from 'region.bicep'", "from 'regions.bicep'", "Nobody uses infra/region.bicep")]
    public void A_Bicep_file_that_nobody_deploys(string piece, string fault, string complaint) =>
        Found(DeploymentChecks.Files, "infra/main.bicep", piece, fault, complaint);

    [Theory]
    [InlineData("\"roles\",\n        \"spaceRoles\"", "\"spaceRoles\"", "api does not wait for roles")]
    [InlineData("\"jobRole\",\n", "", "api does not wait for jobRole")]
    [InlineData("\"identities\",\n        \"monitoring\"", "\"trainer\",\n        \"monitoring\"", "too young")]
    public void A_wrong_order(string piece, string fault, string complaint) =>
        Found(DeploymentChecks.Order, Repository.Compiled, piece, fault, complaint);

    [Theory]
    [InlineData("infra/main.parameters.json", "SERVICE_TRAINER_RESOURCE_EXISTS", "SERVICE_JOB_RESOURCE_EXISTS", "takes the trainer's image back")]
    [InlineData(Repository.Compiled, "reference('deployed')", "reference('api')", "takes the trainer's image back")]
    public void An_image_that_is_taken_back(string file, string piece, string fault, string complaint) =>
        Found(DeploymentChecks.KeepsTheImage, file, piece, fault, complaint);

    [Theory]
    [InlineData("\"name\": \"cpu-e16\"", "\"name\": \"cpu-e8\"", "trainerHardware cpu-e16 runs on")]
    [InlineData("\"gpu-t4\",\n        \"gpu-a100\"", "\"gpu-t4\",\n        \"gpu-h100\"", "gpu-h100 has no size")]
    public void A_size_without_a_profile(string piece, string fault, string complaint) =>
        Found(DeploymentChecks.Hardware, Repository.Compiled, piece, fault, complaint);

    [Fact]
    public void Options_that_do_not_reach_the_trainer() => Found(
        DeploymentChecks.TrainerArguments,
        Repository.Compiled,
        "concat(createArray('run', '--json'), parameters('arguments'))",
        "createArray('run', '--json')",
        "does not get the options");

    [Theory]
    [InlineData("\"daysAfterCreationGreaterThan\": 1\n", "\"daysAfterCreationGreaterThan\": 14\n", "live longer")]
    [InlineData("\"days\": \"[parameters('restoreDays')]\"", "\"days\": 7", "deleteRetentionPolicy is not restoreDays")]
    public void A_restore_that_is_too_short_or_too_long(string piece, string fault, string complaint) =>
        Found(DeploymentChecks.Restore, Repository.Compiled, piece, fault, complaint);

    [Theory]
    [InlineData("\"category\": \"StorageDelete\"", "\"category\": \"StorageWrite\"")]
    [InlineData("OperationName == 'DeleteTable'", "OperationName == 'DropTable'")]
    public void A_table_that_is_deleted_in_silence(string piece, string fault) =>
        Found(DeploymentChecks.TableDeletions, Repository.Compiled, piece, fault, "not noticed");

    [Theory]
    [InlineData(Repository.Compiled, "\"minValue\": 0,\n      \"maxValue\": 20,", "\"minValue\": 0,", "apiAlwaysReady has no range")]
    [InlineData(
        Repository.Compiled,
        "\"description\": \"What operatorPrincipalId is.\"",
        "\"remark\": \"What operatorPrincipalId is.\"",
        "operatorPrincipalType has no description")]
    [InlineData("infra/main.parameters.json", "${RESTORE_DAYS=14}", "${RESTORE_DAYS=7}", "restoreDays is 14 by default")]
    [InlineData("infra/main.parameters.json", "\"healthProbe\"", "\"probe\"", "does not set healthProbe")]
    public void A_parameter_without_bounds_or_at_odds_with_azd(string file, string piece, string fault, string complaint) =>
        Found(ParameterChecks.Parameters, file, piece, fault, complaint);

    [Theory]
    [InlineData("\"allowedValues\": [\n        \"australiaeast\"", "\"others\": [\n        \"australiaeast\"")]
    [InlineData("\"$ref\": \"#/definitions/region\"", "\"type\": \"string\"")]
    public void Any_region(string piece, string fault) => Found(ParameterChecks.Regions, Repository.Compiled, piece, fault, "regions");

    [Theory]
    [InlineData("\"defaultValue\": 0,\n      \"minValue\": 0,\n      \"maxValue\": 1000000,", "\"defaultValue\": 50,", "budget must be off")]
    [InlineData("\"condition\": \"[parameters('purge')]\",", "", "task must be off")]
    public void A_first_deployment_that_a_free_subscription_refuses(string piece, string fault, string complaint) =>
        Found(ParameterChecks.RefusedByFreeSubscriptions, Repository.Compiled, piece, fault, complaint);

    [Fact]
    public void A_runbook_that_sets_what_nobody_reads() =>
        Found(ParameterChecks.Runbook, "infra/README.md", "azd env set MONTHLY_BUDGET", "azd env set BUDGET_MONTHLY", "sets BUDGET_MONTHLY");

    [Fact]
    public void A_name_that_is_too_long() =>
        Found(ParameterChecks.NameLengths, Repository.Compiled, "format('st{0}'", "format('storageaccount{0}'", "may have 24");

    [Theory]
    [InlineData(
        "infra/monitoring.bicep",
        "output insightsName",
        "output key string = workspace.listKeys().primarySharedKey\noutput insightsName",
        "listKeys(")]
    [InlineData("infra/functions.bicep", "'managedidentity'", "'AccountKey=secret'", "AccountKey=")]
    public void A_secret(string file, string piece, string fault, string complaint) =>
        Found(SecurityChecks.Secrets, file, piece, fault, complaint);

    [Theory]
    [InlineData(Repository.Compiled, "\"allowSharedKeyAccess\": false", "\"allowSharedKeyAccess\": true", "allowSharedKeyAccess must be false")]
    [InlineData(Repository.Compiled, "\"allowBlobPublicAccess\": false,", "", "allowBlobPublicAccess must be false")]
    [InlineData(Repository.Compiled, "\"adminUserEnabled\": false", "\"adminUserEnabled\": true", "adminUserEnabled must be false")]
    [InlineData(Repository.Compiled, "\"allow\": false", "\"allow\": true", "lets passwords deploy")]
    public void A_door_left_open(string file, string piece, string fault, string complaint) =>
        Found(SecurityChecks.Switches, file, piece, fault, complaint);

    [Theory]
    [InlineData(Repository.Compiled, "\"RetrainSchedule\"", "\"RetrainSchedul\"", "The functions read RetrainSchedule")]
    [InlineData(
        Repository.Compiled,
        "\"Retrain__MinimumNewEvents\"",
        "\"Retrain__MinimumEvents\"",
        "sets Retrain__MinimumEvents, which nobody reads")]
    [InlineData(
        Repository.Compiled,
        "\"AzureWebJobsStorage__tableServiceUri\"",
        "\"AzureWebJobsStorage__tablesServiceUri\"",
        "AzureWebJobsStorage__tableServiceUri")]
    [InlineData(Repository.Compiled, "\"AzureWebJobsStorage__clientId\"", "\"AzureWebJobsStorage__client\"", "with an identity")]
    public void A_setting_that_is_missing_or_misspelt(string file, string piece, string fault, string complaint) =>
        Found(SettingChecks.Functions, file, piece, fault, complaint);

    [Theory]
    [InlineData(
        Repository.Compiled,
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__queueUri",
        "AzureWebJobsStorage__queueServiceUri")]
    [InlineData(Repository.Compiled, "AzureWebJobsStorage__clientId", "AZURE_CLIENT", "with an identity")]
    public void A_setting_of_the_trainer_that_is_missing(string file, string piece, string fault, string complaint) =>
        Found(SettingChecks.Trainer, file, piece, fault, complaint);

    [Theory]
    [InlineData("local.settings.sample.json", "\"RetrainSchedule\"", "\"Schedule\"", "lacks")]
    public void A_local_setting_that_is_missing(string file, string piece, string fault, string complaint) =>
        Found(SettingChecks.LocalSample, file, piece, fault, complaint);

    [Theory]
    [InlineData(Repository.Compiled, ", 'default', format('{0}InteractionFeed', parameters('space')))]\"", ", 'default', format('{0}Items', parameters('space')))]\"", "no code needs it")]
    [InlineData(Repository.Compiled, "variables('definitions').jobsOperator", "variables('definitions').registryPull", "needs jobsOperator on jobs")]
    [InlineData(
        Repository.Compiled,
        "b9a307c4-5aa3-4b52-ba60-2b17c136cd7b",
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "not the role of that name")]
    [InlineData(
        Repository.Compiled,
        "parameters('insightsName')), parameters('apiPrincipalId'), v",
        "parameters('insightsName')), parameters('trainerPrincipalId'), v", "two assignments collide")]
    [InlineData("infra/functions.bicep", "Authorization=AAD", "", "metricsPublisher on components, and no code needs it")]
    public void A_role_that_is_missing_or_too_much(string file, string piece, string fault, string complaint) =>
        Found(RoleChecks.Roles, file, piece, fault, complaint);

    [Fact]
    public void A_role_given_elsewhere() => Found(
        RoleChecks.Places,
        Repository.Compiled,
        "\"type\": \"Microsoft.Authorization/locks\"",
        "\"type\": \"Microsoft.Authorization/roleAssignments\"",
        "storage gives roles");

    [Theory]
    [InlineData(Repository.Compiled, "\"InteractionFeed\"", "\"Feed\"", "tables are")]
    [InlineData(Repository.Compiled, "\"impressions-poison\"", "\"impression-poison\"", "queues are")]
    [InlineData(Repository.Compiled, "\"models\",\n", "\"model\",\n", "containers are")]
    [InlineData(Repository.Compiled, "{0}training/runs/", "{0}training/run/", "training/run/")]
    public void A_name_that_is_not_the_codes(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.StorageNames, file, piece, fault, complaint);

    [Fact]
    public void A_rule_that_deletes_old_models() => Found(
        AgreementChecks.Lifecycle,
        Repository.Compiled,
        "\"tierToCold\": {",
        "\"delete\": {",
        "may be in use");

    [Theory]
    [InlineData("host.json", "\"base64\"", "\"none\"", "messageEncoding is none")]
    [InlineData("host.json", "\"Host.Results\": \"None\"", "\"Host.Results\": \"Warning\"", "name users")]
    [InlineData("host.json", "\"default\": \"Warning\"", "\"default\": \"Information\"", "logs every execution")]
    [InlineData("host.json", "\"batchSize\": 16", "\"batchSize\": 64", "batchSize is 64")]
    [InlineData("host.json", "\"routePrefix\": \"\"", "\"routePrefix\": \"api\"", "routePrefix is api")]
    public void A_host_file_at_odds_with_the_code(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.HostFile, file, piece, fault, complaint);

    [Theory]
    [InlineData("azure.yaml", "  trainer:\n", "  training:\n", "azd-service-name")]
    [InlineData("azure.yaml", "project: ./functions", "project: ./api", "api is ./api")]
    [InlineData("azure.yaml", "path: ./Dockerfile", "path: ./Dockerfile.cpu", "no Dockerfile")]
    [InlineData(Repository.Compiled, "'azd-service-name', 'api'", "'azd-service-name', 'web'", "azd-service-name")]
    public void An_azure_yaml_at_odds_with_the_tree(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.AzureYaml, file, piece, fault, complaint);

    [Theory]
    [InlineData("storage/Telemetry/Instruments.cs", "\"sasrec.queue.poison\"", "\"sasrec.poison\"", "sasrec.queue.poison")]
    [InlineData("infra/alerts.bicep", "('Refused', 'Failed')", "('refused', 'failed')", "Refused")]
    public void An_alert_that_waits_for_words_that_nobody_writes(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.AlertWords, file, piece, fault, complaint);

    [Theory]
    [InlineData("trainer-job/Dockerfile", "USER $APP_UID\n", "", "lacks USER")]
    [InlineData("trainer-job/Dockerfile", "runtime:10.0-noble", "runtime:9.0-noble", "no image of .NET 10")]
    [InlineData("trainer-job/Dockerfile", "10.0-noble-chiseled@sha256:", "10.0-noble-chiseled # ", "no image of .NET 10 with its digest")]
    [InlineData("trainer-job/Dockerfile", "COPY storage/ storage/", "COPY store/ storage/", "copies store/")]
    [InlineData(".dockerignore", "!storage\n", "", "left out by .dockerignore")]
    public void An_image_that_cannot_be_built_or_has_rights(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.Dockerfile, file, piece, fault, complaint);

    [Theory]
    [InlineData("ci.yml", "actions/setup-node@48b55a011bda9f5d6aeb4c2d9c7362e8dae4041e # v6.4.0", "actions/setup-node@v6", "not pinned")]
    [InlineData("ci.yml", "persist-credentials: false", "persist-credentials: true", "keeps the token")]
    [InlineData("codeql.yml", "permissions:\n  contents: read", "permissions: write-all", "has more rights")]
    [InlineData("deploy.yml", "environment: ", "name: ", "nobody has to agree")]
    [InlineData("deploy.yml", "id-token: write", "id-token: none", "without a secret")]
    public void A_workflow_with_too_many_rights(string file, string piece, string fault, string complaint) =>
        Found(WorkflowChecks.Workflows, ".github/workflows/" + file, piece, fault, complaint);

    [Fact]
    public void A_kind_of_dependency_that_is_forgotten() => Found(
        WorkflowChecks.Dependencies, ".github/dependabot.yml", "package-ecosystem: docker", "package-ecosystem: cargo", "docker");

    // One compilation for all the faults that are the compiler's to find.
    static IReadOnlyList<string> CompileFaults()
    {
        (string File, string Piece, string Fault)[] faults =
        [
            ("budget.bicep", "timeGrain: 'Monthly'", "timeGrain 'Monthly'"),
            ("trainer.bicep", "  location: location\n", "  location: 'westeurope'\n"),
            ("main.bicep", "    timeoutMinutes: trainerTimeoutMinutes\n", ""),
            ("main.bicep", "    registryName: registryName\n", "    registryName: registry.outputs.name\n"),
        ];
        var folder = Directory.CreateTempSubdirectory("infra-");
        try
        {
            foreach (var name in Repository.BicepFiles.Append("infra/bicepconfig.json"))
            {
                var text = faults.Where(fault => name == $"infra/{fault.File}").Aggregate(Repository.Sound.Text(name), (text, fault) =>
                {
                    Assert.Contains(fault.Piece, text, StringComparison.Ordinal);
                    return text.Replace(fault.Piece, fault.Fault, StringComparison.Ordinal);
                });
                File.WriteAllText(Path.Combine(folder.FullName, Path.GetFileName(name)), text);
            }

            return BicepCompiler.Compile(Path.Combine(folder.FullName, "main.bicep")).Diagnostics;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static void Found(Func<Repository, IEnumerable<string>> check, string file, string piece, string fault, string complaint) =>
        Assert.Contains(check(Repository.Sound.With(file, piece, fault)), problem => problem.Contains(complaint, StringComparison.Ordinal));
}
