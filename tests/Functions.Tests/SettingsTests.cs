using Microsoft.Extensions.Configuration;
using SasRec.Functions.Health;
using SasRec.Functions.Ingest;
using SasRec.Functions.Insights;
using SasRec.Functions.Items;
using SasRec.Functions.Retrain;
using SasRec.Functions.Serve;
using SasRec.Functions.Telemetry;

namespace SasRec.Functions.Tests;

public class SettingsTests
{
    [Theory]
    [InlineData("Ingest:MaxEvents=0", "Ingest__MaxEvents must be 1 to 10,000.", "0")]
    [InlineData("Ingest:MaxBodyBytes=99", "Ingest__MaxBodyBytes must be 1,024 to", "99")]
    [InlineData("Items:MaxItems=1001", "Items__MaxItems must be 1 to 1,000.", "1001")]
    [InlineData("Items:MaxBodyBytes=99", "Items__MaxBodyBytes must be 1,024 to", "99")]
    [InlineData("Items:PollInterval=00:10:00", "Items__PollInterval must be 00:00:00.1000000 to 00:05:00.", "00:10:00")]
    [InlineData("Items:ReloadInterval=00:00:10", "Items__ReloadInterval must be 00:01:00 to 7.00:00:00.", "00:00:10")]
    [InlineData("Serve:NewItemShare=1.01", "Serve__NewItemShare must be 0 to 1.", "1.01")]
    [InlineData("Serve:PollInterval=00:10:00", "Serve__PollInterval must be 00:00:00.1000000 to 00:05:00.", "00:10:00")]
    [InlineData("Serve:Slots=101", "Serve__Slots must be 1 to 100.", "101")]
    [InlineData("Serve:Temperature=NaN", "Serve__Temperature must be", "NaN")]
    [InlineData("Serve:Temperature=1E-09", "Serve__Temperature must be", "1E-09")]
    [InlineData("Serve:Exploration=1.01", "Serve__Exploration must be 0 to 1.", "1.01")]
    [InlineData("Serve:Epsilon=1.01", "Serve__Epsilon must be 0 to 1.", "1.01")]
    [InlineData("Serve:Epsilon=NaN", "Serve__Epsilon must be 0 to 1.", "NaN")]
    [InlineData("Serve:Sources:Popularity=1.5", "Serve__Sources__Popularity must be 0 to 1.", "1.5")]
    [InlineData("Serve:Sources:Random=0.5", "Random", "Random")]
    [InlineData("Placements:home:MinTemperature=-1", "Placements__home__MinTemperature must be", "-1")]
    [InlineData("Placements:home:Source=random", "Placements__home__Source must be one of sasrec, popularity, similar.", "random")]
    [InlineData("Placements:home:Temprature=1", "Temprature", "Temprature")]
    [InlineData("Serve:Temprature=1", "Temprature", "Temprature")]
    [InlineData("Serve:Slots=many", "Serve:Slots", "many")]
    [InlineData("Health:Patience=00:01:00", "Health__Patience must be", "00:01:00")]
    [InlineData("Insights:Slates=99", "Insights__Slates must be 100 to 1,000,000.", "99")]
    [InlineData("Insights:Maturity=8.00:00:00", "Insights__Maturity must be 00:00:00 to 7.00:00:00.", "8.00:00:00")]
    [InlineData("Telemetry:SampledShare=1.5", "Telemetry__SampledShare must be 0 to 1.", "1.5")]
    [InlineData("Retrain:MinimumNewEvents=-1", "Retrain__MinimumNewEvents must be 0 to", "-1")]
    [InlineData("Trainer:Command=dotnet \"Trainer.dll", "Trainer__Command must close", "dotnet \"Trainer.dll")]
    [InlineData("Storage:NamePrefix=test", "Storage__NamePrefix must be empty", "test")]
    [InlineData("AzureWebJobsStorage=", "AzureWebJobsStorage", "")]
    public void A_wrong_setting_stops_the_start_with_its_name_its_value_and_the_range(string setting, string message, string value)
    {
        var error = Assert.ThrowsAny<Exception>(() =>
            FunctionsApp.CreateBuilder(["--AzureWebJobsStorage=UseDevelopmentStorage=true", "--RetrainSchedule=0 0 * * * *", "--" + setting]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_holds_every_setting_with_its_default()
    {
        var sample = new ConfigurationBuilder().AddJsonFile(RepositoryFile("local.settings.sample.json")).Build().GetSection("Values");
        var values = sample.GetChildren().ToDictionary(c => c.Key, c => c.Value);
        var root = new ConfigurationBuilder().AddInMemoryCollection(
            values.Select(v => KeyValuePair.Create(v.Key.Replace("__", ":", StringComparison.Ordinal), v.Value))).Build();
        Assert.Equal(new IngestOptions(), Settings.Read<IngestOptions>(root, "Ingest"));
        Assert.Equal(new ItemOptions(), Settings.Read<ItemOptions>(root, "Items"));
        Assert.Equal(new ServeOptions(), Settings.Read<ServeOptions>(root, "Serve"));
        Assert.Equal(new HealthOptions(), Settings.Read<HealthOptions>(root, "Health"));
        Assert.Equal(new TelemetryOptions(), Settings.Read<TelemetryOptions>(root, "Telemetry"));
        Assert.Equal(new RetrainOptions(), Settings.Read<RetrainOptions>(root, "Retrain"));
        Assert.Equal(new InsightsOptions(), Settings.Read<InsightsOptions>(root, "Insights"));

        var all = new[]
        {
            ("Ingest", typeof(IngestOptions)),
            ("Items", typeof(ItemOptions)),
            ("Serve", typeof(ServeOptions)),
            ("Health", typeof(HealthOptions)),
            ("Telemetry", typeof(TelemetryOptions)),
            ("Retrain", typeof(RetrainOptions)),
            ("Insights", typeof(InsightsOptions)),
        }
            .SelectMany(section => section.Item2.GetProperties().SelectMany(p => p.PropertyType == typeof(SourceShares)
                ? typeof(SourceShares).GetProperties().Select(share => $"{section.Item1}__{p.Name}__{share.Name}")
                : [$"{section.Item1}__{p.Name}"]))
            .Select(name => name == "Retrain__Command" ? "Trainer__Command" : name);
        Assert.Empty(all.Except(values.Keys));

        var documented = File.ReadAllText(RepositoryFile("README.md"));
        Assert.All(values.Keys, name => Assert.Contains($"`{name}`", documented, StringComparison.Ordinal));
    }

    internal static string RepositoryFile(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "SasRec.Serverless.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, name);
    }
}
