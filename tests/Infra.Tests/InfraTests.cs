using SasRec.Infra.Tests.Checks;

namespace SasRec.Infra.Tests;

/// <summary>What deploys, held to the code; <see cref="PlantedFaultTests"/> shows that each of these can fail.</summary>
public sealed class InfraTests
{
    [Fact]
    public void The_Bicep_compiler_and_its_linter_have_nothing_to_say() => Assert.Equal([], Repository.Diagnostics);

    [Fact]
    public void Every_Bicep_file_is_deployed() => Sound(DeploymentChecks.Files);

    [Fact]
    public void Rights_are_given_before_they_are_needed() => Sound(DeploymentChecks.Order);

    [Fact]
    public void Provisioning_leaves_the_trainers_image_alone() => Sound(DeploymentChecks.KeepsTheImage);

    [Fact]
    public void Every_size_of_the_trainer_has_a_profile() => Sound(DeploymentChecks.Hardware);

    [Fact]
    public void The_options_of_the_trainer_reach_its_job() => Sound(DeploymentChecks.TrainerArguments);

    [Fact]
    public void Deleted_blobs_can_be_restored_as_long_as_promised_and_are_gone_soon_after() => Sound(DeploymentChecks.Restore);

    [Fact]
    public void A_deleted_table_is_noticed() => Sound(DeploymentChecks.TableDeletions);

    [Fact]
    public void Parameters_are_described_and_bounded_and_azd_sets_the_same_ones() => Sound(ParameterChecks.Parameters);

    [Fact]
    public void Only_regions_with_Flex_Consumption_are_offered() => Sound(ParameterChecks.Regions);

    [Fact]
    public void What_free_subscriptions_refuse_is_off_by_default() => Sound(ParameterChecks.RefusedByFreeSubscriptions);

    [Fact]
    public void The_runbook_sets_what_azd_hands_on() => Sound(ParameterChecks.Runbook);

    [Fact]
    public void Names_stay_within_their_limits() => Sound(ParameterChecks.NameLengths);

    [Fact]
    public void There_is_no_secret() => Sound(SecurityChecks.Secrets);

    [Fact]
    public void Keys_and_public_access_are_off() => Sound(SecurityChecks.Switches);

    [Fact]
    public void The_functions_get_every_setting_that_they_read_and_no_other() => Sound(SettingChecks.Functions);

    [Fact]
    public void The_trainer_gets_every_setting_that_it_reads_and_no_other() => Sound(SettingChecks.Trainer);

    [Fact]
    public void The_sample_of_local_settings_has_every_setting_without_a_default() => Sound(SettingChecks.LocalSample);

    [Fact]
    public void Every_role_that_the_code_needs_is_given_and_no_other() => Sound(RoleChecks.Roles);

    [Fact]
    public void Roles_are_given_where_they_are_looked_for() => Sound(RoleChecks.Places);

    [Fact]
    public void Tables_queues_and_containers_are_those_of_the_code() => Sound(AgreementChecks.StorageNames);

    [Fact]
    public void No_lifecycle_rule_deletes_what_may_be_in_use() => Sound(AgreementChecks.Lifecycle);

    [Fact]
    public void Host_json_agrees_with_the_code() => Sound(AgreementChecks.HostFile);

    [Fact]
    public void Azure_yaml_agrees_with_the_tree_and_with_the_tags() => Sound(AgreementChecks.AzureYaml);

    [Fact]
    public void Alerts_look_for_words_that_are_written() => Sound(AgreementChecks.AlertWords);

    [Fact]
    public void The_image_has_what_it_copies_and_no_rights() => Sound(AgreementChecks.Dockerfile);

    [Fact]
    public void Workflows_are_pinned_and_have_no_right_that_they_do_not_need() => Sound(WorkflowChecks.Workflows);

    [Fact]
    public void Every_kind_of_dependency_is_kept_up_to_date() => Sound(WorkflowChecks.Dependencies);

    static void Sound(Func<Repository, IEnumerable<string>> check) => Assert.Equal([], check(Repository.Sound));
}
