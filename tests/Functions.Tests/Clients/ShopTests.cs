using System.Diagnostics;
using SasRec.Functions.Tests.Serve;

namespace SasRec.Functions.Tests.Clients;

[Collection<ServingTests>]
public class ShopTests(ServingApp serving)
{
    [Fact]
    public async Task The_shop_in_CSharp_sells_and_its_list_follows()
    {
        Assert.InRange((await File.ReadAllLinesAsync(SourceTree.File("docs/shops/csharp/Program.cs"))).Length, 1, 99);
        var user = $"u{Guid.NewGuid():N}";
        using var shop = Process.Start(new ProcessStartInfo("dotnet", [FunctionsProcess.Built("Shop", "Shop.dll"), serving.App.Client.BaseAddress!.ToString(), TestApp.Key, user])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        await shop.StandardInput.WriteAsync("1\nlike 2\nno 1\n9\n\n");
        shop.StandardInput.Close();
        var said = await Task.WhenAll(shop.StandardOutput.ReadToEndAsync(), shop.StandardError.ReadToEndAsync());
        await shop.WaitForExitAsync();
        Assert.True(shop.ExitCode == 0 && said[1].Length == 0, $"{said[0]}\n{said[1]}");

        var lines = said[0].Split('\n');
        var bought = lines.Single(line => line.StartsWith("Bought: ", StringComparison.Ordinal))["Bought: ".Length..];
        var refused = lines.Single(line => line.StartsWith("Turned down: ", StringComparison.Ordinal))["Turned down: ".Length..];
        Assert.Equal(5, lines.Count(line => line == $"For {user}:"));
        Assert.Single(lines, line => line.StartsWith("Like item ", StringComparison.Ordinal));
        Assert.Contains("That is none of the list.", lines);
        var last = lines[Array.LastIndexOf(lines, $"For {user}:")..];
        Assert.DoesNotContain(last, line => line.EndsWith($". {bought}", StringComparison.Ordinal) || line.EndsWith($". {refused}", StringComparison.Ordinal));

        var done = await Eventually.GetAsync(
            "both are in the log", async () => (await serving.App.GetAsync($"/api/users/{user}")).GetProperty("interactions"), found => found.GetArrayLength() == 2);
        Assert.Equal(
            [("purchase", bought), ("dislike", refused)],
            done.EnumerateArray().Select(e => (e.GetProperty("type").GetString()!, e.GetProperty("itemId").GetString()!)).Reverse());
    }
}
