using SasRec.Infra.Tests.Checks;

namespace SasRec.Infra.Tests;

/// <summary>What deploys, held to the code; <see cref="PlantedFaultTests"/> shows that each of these can fail.</summary>
public sealed class InfraTests
{
    [Fact]
    public void Every_Bicep_file_parses() => Sound(BicepChecks.Syntax);

    [Fact]
    public void Modules_get_what_they_require_and_outputs_exist() => Sound(BicepChecks.Modules);

    [Fact]
    public void Parameters_are_described_and_bounded_and_azd_sets_the_same_ones() => Sound(BicepChecks.Parameters);

    [Fact]
    public void Names_stay_within_their_limits() => Sound(BicepChecks.NameLengths);

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
    public void All_roles_are_in_one_file() => Sound(RoleChecks.OneFile);

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
    public void Actions_are_pinned_by_commit() => Sound(AgreementChecks.Workflow);

    static void Sound(Func<Repository, IEnumerable<string>> check) => Assert.Equal([], check(Repository.Sound));
}
