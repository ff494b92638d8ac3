using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using SasRec.Core.Options;
using SasRec.Functions.Ingest;
using SasRec.Functions.Items;
using SasRec.Functions.Serve;

namespace SasRec.Functions.Tests.Documentation;

public class SettingsReferenceTests
{
    /// <remarks>With SASREC_WRITE_DOCS=1 in the environment the test writes the file instead of comparing it.</remarks>
    [Fact]
    public void The_reference_lists_every_setting_as_its_record_has_it()
    {
        if (Environment.GetEnvironmentVariable("SASREC_WRITE_DOCS") == "1")
        {
            SettingsReference.Write();
        }

        Assert.True(
            SettingsReference.Render() == SettingsReference.Written(),
            "docs/settings.md is out of date: run this test once with SASREC_WRITE_DOCS=1 in the environment.");
    }

    [Fact]
    public void The_sample_holds_every_setting_with_its_default()
    {
        var sample = new ConfigurationBuilder().AddJsonFile(SettingsTests.RepositoryFile("local.settings.sample.json")).Build()
            .GetSection("Values").GetChildren().ToDictionary(setting => setting.Key, setting => setting.Value);

        // What only Azure has is left out, and what an operator names.
        var expected = SettingsReference.Records
            .Where(record => !record.GetCustomAttribute<SectionAttribute>()!.Named)
            .SelectMany(OptionsReader.Describe)
            .Where(option => option.Setting is not ("Trainer__Job" or "Trainer__Management" or "Trainer__Command"))
            .ToDictionary(option => option.Setting, option => (string?)OptionText.Of(option.Default));

        string[] platform = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsDisableHomepage", "AzureWebJobsStorage", "RetrainSchedule", "Trainer__Command"];
        Assert.Equal(expected.OrderBy(s => s.Key, StringComparer.Ordinal), sample.Where(s => !platform.Contains(s.Key)).OrderBy(s => s.Key, StringComparer.Ordinal));
        Assert.All(platform, name => Assert.Contains(name, sample.Keys));
    }

    [Theory]
    [InlineData("RecommendationRequest", "k", "maximum", typeof(ServeOptions), nameof(ServeOptions.MaxK))]
    [InlineData("RecommendationRequest", "allow", "maxItems", typeof(ServeOptions), nameof(ServeOptions.MaxListLength))]
    [InlineData("RecommendationRequest", "deny", "maxItems", typeof(ServeOptions), nameof(ServeOptions.MaxListLength))]
    [InlineData("Events", "events", "maxItems", typeof(IngestOptions), nameof(IngestOptions.MaxEvents))]
    [InlineData("Items", "items", "maxItems", typeof(ItemOptions), nameof(ItemOptions.MaxItems))]
    public void The_API_description_has_the_default_limits(string schema, string field, string limit, Type record, string property)
    {
        var document = JsonDocument.Parse(File.ReadAllText(SettingsTests.RepositoryFile("functions/OpenApi/openapi.json"))).RootElement;
        var described = document.GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties").GetProperty(field);
        Assert.Equal(OptionsReader.Describe(record).Single(option => option.Property.Name == property).Default, described.GetProperty(limit).GetInt32());
    }

    [Fact]
    public void The_API_description_says_how_many_items_come_unless_it_is_given()
    {
        var document = JsonDocument.Parse(File.ReadAllText(SettingsTests.RepositoryFile("functions/OpenApi/openapi.json"))).RootElement;
        var query = document.GetProperty("paths").GetProperty("/recommendations/{userId}").GetProperty("get").GetProperty("parameters").EnumerateArray()
            .Single(parameter => parameter.TryGetProperty("name", out var name) && name.GetString() == "k").GetProperty("schema");
        Assert.Equal(new ServeOptions().K, query.GetProperty("default").GetInt32());

        // Clients that are generated would send a default of a body, so there it stands in words.
        var body = document.GetProperty("components").GetProperty("schemas").GetProperty("RecommendationRequest").GetProperty("properties").GetProperty("k");
        Assert.Equal($"How many items. {new ServeOptions().K} unless given.", body.GetProperty("description").GetString());
    }

    [Theory]
    [InlineData("Serve:StartPatience", "00:00:03", "Serve__StartTimeout")]
    [InlineData("Serve__Slots", "7", "Serve__K")]
    [InlineData("Serve:Sources:Similar", "0.25", "Serve__Recommenders__Similar")]
    public void A_former_name_is_still_read_and_not_beside_the_new_one(string former, string value, string current)
    {
        var found = OptionsReader.Read<ServeOptions>([KeyValuePair.Create(former, (string?)value)]);
        Assert.Equal(OptionsReader.Read<ServeOptions>([KeyValuePair.Create(current, (string?)value)]), found);
        Assert.NotEqual(new ServeOptions(), found);

        var refused = Assert.Throws<ArgumentException>(() => OptionsReader.Read<ServeOptions>(
            [KeyValuePair.Create(former, (string?)value), KeyValuePair.Create(current, (string?)value)]));
        Assert.Contains($"is the former name of {current}", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_setting_is_named_at_once_with_its_value_and_what_is_allowed()
    {
        var refused = Assert.Throws<ArgumentException>(() => OptionsReader.ReadNamed<PlacementOptions>(
        [
            KeyValuePair.Create("Placements__home__Temperature", (string?)"1e-9"),
            KeyValuePair.Create("Placements__home__MaxEpsilon", (string?)"2"),
            KeyValuePair.Create("Placements__cart__Epsilom", (string?)"0.1"),
        ]));
        Assert.Contains("Placements__home__Temperature must be 0, or 0.000001 to 1000000. Found: 1E-09.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Placements__home__MaxEpsilon must be 0 to 1. Found: 2.", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Placements__cart__Epsilom is unknown. Found: 0.1.", refused.Message, StringComparison.Ordinal);
    }
}
