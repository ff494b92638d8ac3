using SasRec.Host.Settings;

namespace SasRec.Host.Tests;

/// <summary>host.json and local.settings.json, read as Core Tools reads them; what is wrong in them is named.</summary>
public sealed class SettingsTests : IDisposable
{
    readonly ScratchFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Values_and_host_settings_get_the_names_of_environment_variables()
    {
        File.WriteAllText(folder.File("local.settings.json"), """
            {
              // Comments and a trailing comma are let pass.
              "IsEncrypted": false,
              "Values": { "Serve:Temperature": "0.5", "Retrain__MinimumNewEvents": 7 },
              "Host": { "LocalHttpPort": 7099, "CORS": "*" },
            }
            """);
        var settings = LocalSettings.Read(folder.File("local.settings.json"));
        Assert.Equal("0.5", settings["Serve__Temperature"]);
        Assert.Equal("7", settings["Retrain__MinimumNewEvents"]);
        Assert.Equal("7099", settings["Host__LocalHttpPort"]);
        Assert.Equal("*", settings["Host__CORS"]);
    }

    [Theory]
    [InlineData("[]", "must hold a JSON object, found Array")]
    [InlineData("{", "is not valid JSON")]
    [InlineData("""{ "IsEncrypted": true }""", "IsEncrypted must be false")]
    [InlineData("""{ "Values": { "A": { "B": 1 } } }""", "Values.A must be a single value, found Object")]
    [InlineData("""{ "Values": 3 }""", "Values must be an object, found Number")]
    public void A_wrong_settings_file_is_named(string json, string says)
    {
        File.WriteAllText(folder.File("local.settings.json"), json);
        var error = Assert.Throws<InvalidDataException>(() => LocalSettings.Read(folder.File("local.settings.json")));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.Contains(folder.Path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_host_json_reach_the_WebJobs_SDK_and_the_environment_wins()
    {
        WriteApp("""{ "version": "2.0", "extensions": { "http": { "routePrefix": "v9" }, "queues": { "batchSize": 3 } } }""");
        var settings = HostSettings.Read(folder.Path, "0");
        Assert.Equal("v9", settings.RoutePrefix);
        Assert.Equal("3", settings.Configuration["AzureWebJobs:extensions:queues:batchSize"]);
        Assert.Equal(0, settings.Port);
    }

    [Theory]
    [InlineData("""{ "version": "1.0" }""", "0", "version must be \"2.0\", found \"1.0\"")]
    [InlineData("""{ }""", "0", "version must be \"2.0\", found none")]
    [InlineData("""{ "version": """, "0", "is not valid JSON")]
    [InlineData("""{ "version": "2.0" }""", "70000", "--port must be a port from 0 to 65535, found '70000'")]
    public void A_wrong_host_file_or_port_is_named(string hostJson, string port, string says)
    {
        WriteApp(hostJson);
        var error = Assert.Throws<InvalidDataException>(() => HostSettings.Read(folder.Path, port));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_built_app_is_named()
    {
        var error = Assert.Throws<InvalidDataException>(() => HostSettings.Read(folder.Path, null));
        Assert.Contains("is not a built functions app", error.Message, StringComparison.Ordinal);
    }

    void WriteApp(string hostJson)
    {
        File.WriteAllText(folder.File("host.json"), hostJson);
        File.WriteAllText(folder.File("worker.config.json"), "{}");
    }
}
