using SasRec.Infra.Tests.Checks;

namespace SasRec.Infra.Tests;

/// <summary>Faults of the kind that only a deployment would find, planted one at a time: each is found, and named.</summary>
public sealed class PlantedFaultTests
{
    [Theory]
    [InlineData("infra/budget.bicep", "timeGrain: 'Monthly'", "timeGrain 'Monthly'", "budget.bicep(")]
    [InlineData("infra/alerts.bicep", "actions: { actionGroups: [people.id] }", "actions: { actionGroups: [people.id }", "alerts.bicep(")]
    [InlineData("infra/main.bicep", "param location string", "param location string =", "main.bicep(")]
    public void A_syntax_error(string file, string piece, string fault, string complaint) =>
        Found(BicepChecks.Syntax, file, piece, fault, complaint);

    [Theory]
    [InlineData("infra/main.bicep", "    timeoutMinutes: trainerTimeoutMinutes\n", "", "trainer.bicep requires timeoutMinutes")]
    [InlineData("infra/main.bicep", "    retentionDays: logRetentionDays\n", "    retention: logRetentionDays\n", "no parameter retention")]
    [InlineData(
        "infra/main.bicep",
        "registry.outputs.server",
        "registry.outputs.loginServer",
        "registry.outputs.loginServer is not an output")]
    [InlineData("infra/main.bicep", "'budget.bicep'", "'budgets.bicep'", "no infra/budgets.bicep")]
    public void A_wrong_call_of_a_module(string file, string piece, string fault, string complaint) =>
        Found(BicepChecks.Modules, file, piece, fault, complaint);

    [Theory]
    [InlineData("infra/main.bicep", "@minValue(0)\n@maxValue(20)\n", "", "apiAlwaysReady has no range")]
    [InlineData("infra/main.bicep", "@description('What operatorPrincipalId is.')\n", "", "operatorPrincipalType has no description")]
    [InlineData("infra/main.parameters.json", "${RESTORE_DAYS=14}", "${RESTORE_DAYS=7}", "restoreDays is 14 by default")]
    [InlineData("infra/main.parameters.json", "\"healthProbe\"", "\"probe\"", "does not set healthProbe")]
    public void A_parameter_without_bounds_or_at_odds_with_azd(string file, string piece, string fault, string complaint) =>
        Found(BicepChecks.Parameters, file, piece, fault, complaint);

    [Fact]
    public void A_name_that_is_too_long() =>
        Found(BicepChecks.NameLengths, "infra/main.bicep", "'st${token}'", "'storageaccount${token}'", "may have 24");

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
    [InlineData("infra/storage.bicep", "allowSharedKeyAccess: false", "allowSharedKeyAccess: true", "allowSharedKeyAccess must be false")]
    [InlineData("infra/storage.bicep", "    allowBlobPublicAccess: false\n", "", "allowBlobPublicAccess must be false")]
    [InlineData("infra/registry.bicep", "adminUserEnabled: false", "adminUserEnabled: true", "adminUserEnabled must be false")]
    [InlineData("infra/functions.bicep", "properties: { allow: false }", "properties: { allow: true }", "lets passwords deploy")]
    public void A_door_left_open(string file, string piece, string fault, string complaint) =>
        Found(SecurityChecks.Switches, file, piece, fault, complaint);

    [Theory]
    [InlineData("infra/functions.bicep", "'RetrainSchedule'", "'RetrainSchedul'", "The functions read RetrainSchedule")]
    [InlineData(
        "infra/functions.bicep",
        "'Retrain__MinimumNewEvents'",
        "'Retrain__MinimumEvents'",
        "sets Retrain__MinimumEvents, which nobody reads")]
    [InlineData(
        "infra/functions.bicep",
        "'AzureWebJobsStorage__tableServiceUri'",
        "'AzureWebJobsStorage__tablesServiceUri'",
        "AzureWebJobsStorage__tableServiceUri")]
    [InlineData("infra/functions.bicep", "'AzureWebJobsStorage__clientId'", "'AzureWebJobsStorage__client'", "with an identity")]
    public void A_setting_that_is_missing_or_misspelt(string file, string piece, string fault, string complaint) =>
        Found(SettingChecks.Functions, file, piece, fault, complaint);

    [Theory]
    [InlineData(
        "infra/trainer.bicep",
        "AzureWebJobsStorage__queueServiceUri",
        "AzureWebJobsStorage__queueUri",
        "AzureWebJobsStorage__queueServiceUri")]
    [InlineData("infra/trainer.bicep", "AzureWebJobsStorage__clientId", "AZURE_CLIENT", "with an identity")]
    public void A_setting_of_the_trainer_that_is_missing(string file, string piece, string fault, string complaint) =>
        Found(SettingChecks.Trainer, file, piece, fault, complaint);

    [Theory]
    [InlineData("local.settings.sample.json", "\"RetrainSchedule\"", "\"Schedule\"", "lacks")]
    public void A_local_setting_that_is_missing(string file, string piece, string fault, string complaint) =>
        Found(SettingChecks.LocalSample, file, piece, fault, complaint);

    [Theory]
    [InlineData("infra/roles.bicep", "scope: account::tables::feed", "scope: account", "no code needs it")]
    [InlineData("infra/roles.bicep", "definitions.jobsOperator", "definitions.registryPull", "needs jobsOperator on job")]
    [InlineData(
        "infra/roles.bicep",
        "b9a307c4-5aa3-4b52-ba60-2b17c136cd7b",
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "not the role of that name")]
    [InlineData("infra/roles.bicep", "guid(insights.id, apiPrincipalId", "guid(insights.id, trainerPrincipalId", "two assignments collide")]
    [InlineData("infra/functions.bicep", "Authorization=AAD", "", "metricsPublisher on insights, and no code needs it")]
    public void A_role_that_is_missing_or_too_much(string file, string piece, string fault, string complaint) =>
        Found(RoleChecks.Roles, file, piece, fault, complaint);

    [Fact]
    public void A_role_given_elsewhere() => Found(
        RoleChecks.OneFile,
        "infra/registry.bicep",
        "output name",
        "resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: 'x'\n}\n\noutput name",
        "registry.bicep gives roles");

    [Theory]
    [InlineData("infra/storage.bicep", "'InteractionFeed'", "'Feed'", "tables are")]
    [InlineData("infra/storage.bicep", "'impressions-poison'", "'impression-poison'", "queues are")]
    [InlineData("infra/storage.bicep", "['models', 'training']", "['models']", "containers are")]
    [InlineData("infra/storage.bicep", "['training/runs/']", "['training/run/']", "training/run/")]
    public void A_name_that_is_not_the_codes(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.StorageNames, file, piece, fault, complaint);

    [Fact]
    public void A_rule_that_deletes_old_models() => Found(
        AgreementChecks.Lifecycle,
        "infra/storage.bicep",
        "tierToCold: { daysAfterModificationGreaterThan: 180 }",
        "delete: { daysAfterModificationGreaterThan: 180 }",
        "may be in use");

    [Theory]
    [InlineData("host.json", "\"base64\"", "\"none\"", "messageEncoding is none")]
    [InlineData("host.json", "\"Host.Results\": \"None\"", "\"Host.Results\": \"Warning\"", "name users")]
    [InlineData("host.json", "\"batchSize\": 16", "\"batchSize\": 64", "batchSize is 64")]
    [InlineData("host.json", "\"routePrefix\": \"api\"", "\"routePrefix\": \"v1\"", "routePrefix is v1")]
    public void A_host_file_at_odds_with_the_code(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.HostFile, file, piece, fault, complaint);

    [Theory]
    [InlineData("azure.yaml", "  trainer:\n", "  training:\n", "azd-service-name")]
    [InlineData("azure.yaml", "project: ./functions", "project: ./api", "api is ./api")]
    [InlineData("azure.yaml", "path: ./Dockerfile", "path: ./Dockerfile.cpu", "no Dockerfile")]
    [InlineData("infra/functions.bicep", "'azd-service-name': 'api'", "'azd-service-name': 'web'", "azd-service-name")]
    [InlineData("Directory.Build.props", "'$(AZURE_ENV_NAME)' != ''", "'$(AZURE_ENV)' != ''", "official feed")]
    public void An_azure_yaml_at_odds_with_the_tree(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.AzureYaml, file, piece, fault, complaint);

    [Theory]
    [InlineData("storage/Telemetry/Instruments.cs", "\"sasrec.queue.poison\"", "\"sasrec.poison\"", "sasrec.queue.poison")]
    [InlineData("infra/alerts.bicep", "('Refused', 'Failed')", "('refused', 'failed')", "Refused")]
    public void An_alert_that_waits_for_words_that_nobody_writes(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.AlertWords, file, piece, fault, complaint);

    [Theory]
    [InlineData("trainer-job/Dockerfile", "USER $APP_UID\n", "", "lacks USER")]
    [InlineData("trainer-job/Dockerfile", "COPY storage/ storage/", "COPY store/ storage/", "copies store/")]
    [InlineData(".dockerignore", "!storage\n", "", "left out by .dockerignore")]
    public void An_image_that_cannot_be_built_or_has_rights(string file, string piece, string fault, string complaint) =>
        Found(AgreementChecks.Dockerfile, file, piece, fault, complaint);

    [Fact]
    public void An_action_that_is_not_pinned() => Found(
        AgreementChecks.Workflow,
        ".github/workflows/ci.yml",
        "actions/setup-node@48b55a011bda9f5d6aeb4c2d9c7362e8dae4041e # v6.4.0",
        "actions/setup-node@v6",
        "not pinned");

    static void Found(Func<Repository, IEnumerable<string>> check, string file, string piece, string fault, string complaint) =>
        Assert.Contains(check(Repository.Sound.With(file, piece, fault)), problem => problem.Contains(complaint, StringComparison.Ordinal));
}
