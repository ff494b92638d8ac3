namespace SasRec.Functions.Tests;

public class SettingsTests
{
    [Theory]
    [InlineData("Ingest:MaxEvents=0", "Ingest__MaxEvents must be 1 to 10,000.", "0")]
    [InlineData("Ingest:MaxBodyBytes=99", "Ingest__MaxBodyBytes must be 1,024 to", "99")]
    [InlineData("Items:MaxItems=1001", "Items__MaxItems must be 1 to 1,000.", "1001")]
    [InlineData("Items:MaxBodyBytes=99", "Items__MaxBodyBytes must be 1,024 to", "99")]
    [InlineData("Items:PollInterval=00:10:00", "Items__PollInterval must be 00:00:00.1 to 00:05:00.", "00:10:00")]
    [InlineData("Items:ReloadInterval=00:00:10", "Items__ReloadInterval must be 00:01:00 to 7.00:00:00.", "00:00:10")]
    [InlineData("Serve:NewItemShare=1.01", "Serve__NewItemShare must be 0 to 1.", "1.01")]
    [InlineData("Serve:PollInterval=00:10:00", "Serve__PollInterval must be 00:00:00.1 to 00:05:00.", "00:10:00")]
    [InlineData("Serve:K=101", "Serve__K must be 1 to 100.", "101")]
    [InlineData("Serve:Temperature=NaN", "Serve__Temperature must be", "NaN")]
    [InlineData("Serve:Temperature=1E-09", "Serve__Temperature must be", "1E-09")]
    [InlineData("Serve:Exploration=1.01", "Serve__Exploration must be 0 to 1.", "1.01")]
    [InlineData("Serve:Epsilon=1.01", "Serve__Epsilon must be 0 to 1.", "1.01")]
    [InlineData("Serve:Epsilon=NaN", "Serve__Epsilon must be 0 to 1.", "NaN")]
    [InlineData("Serve:Recommenders:Popularity=1.5", "Serve__Recommenders__Popularity must be 0 to 1.", "1.5")]
    [InlineData("Serve:Recommenders:Random=0.5", "Serve__Recommenders__Random is unknown.", "0.5")]
    [InlineData("Placements:home:Temperature=1E-09", "Placements__home__Temperature must be 0, or 0.000001 to 1000000.", "1E-09")]
    [InlineData("Placements:home:MaxTemperature=1E-09", "Placements__home__MaxTemperature must be 0, or 0.000001 to 1000000.", "1E-09")]
    [InlineData("Placements:home:MinTemperature=-1", "Placements__home__MinTemperature must be", "-1")]
    [InlineData("Placements:home:Recommender=random", "Placements__home__Recommender must be one of sasrec, popularity, similar.", "random")]
    [InlineData("Placements:home:Temprature=1", "Placements__home__Temprature is unknown.", "1")]
    [InlineData("Serve:Temprature=1", "Serve__Temprature is unknown.", "1")]
    [InlineData("Serve:K=many", "Serve__K must be an integer.", "many")]
    [InlineData("Health:Timeout=00:01:00", "Health__Timeout must be 00:00:00.1 to 00:00:30.", "00:01:00")]
    [InlineData("Insights:Slates=99", "Insights__Slates must be 100 to 1,000,000.", "99")]
    [InlineData("Insights:Maturity=8.00:00:00", "Insights__Maturity must be 00:00:00 to 7.00:00:00.", "8.00:00:00")]
    [InlineData("Telemetry:SampledShare=1.5", "Telemetry__SampledShare must be 0 to 1.", "1.5")]
    [InlineData("Retrain:MinimumNewEvents=-1", "Retrain__MinimumNewEvents must be 0 to", "-1")]
    [InlineData("Trainer:Command=dotnet \"Trainer.dll", "Trainer__Command must be a command line that closes every double quote", "dotnet \"Trainer.dll")]
    [InlineData("Spaces:Names=outdoor,Garden", "Spaces__Names must be at most 9 different names", "outdoor,Garden")]
    [InlineData("Spaces:Names=outdoor,outdoor", "Spaces__Names must be at most 9 different names", "outdoor,outdoor")]
    [InlineData("Spaces:Names=poweruser", "not ending with 'user'", "poweruser")]
    [InlineData("Spaces:Name=outdoor", "Spaces__Name is unknown.", "outdoor")]
    [InlineData("Storage:NamePrefix=test", "Storage__NamePrefix must be empty", "test")]
    [InlineData("AzureWebJobsStorage=", "AzureWebJobsStorage", "")]
    public void A_wrong_setting_stops_the_start_with_its_name_its_value_and_the_range(string setting, string message, string value)
    {
        var error = Assert.ThrowsAny<Exception>(() =>
            FunctionsApp.CreateBuilder(["--AzureWebJobsStorage=UseDevelopmentStorage=true", "--RetrainSchedule=0 0 * * * *", "--" + setting]));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(value, error.Message, StringComparison.Ordinal);
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
