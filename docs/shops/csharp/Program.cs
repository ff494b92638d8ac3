// A shop on the command line: it recommends, tells what was seen and bought, and the next list follows.
//
//   dotnet run --project docs/shops/csharp -- http://localhost:7071 KEY ann
using SasRec.Client;

if (args is not [var address, var key, var user])
{
    Console.Error.WriteLine("usage: Shop ADDRESS KEY USER    KEY opens the scopes ingest and recommend");
    return 2;
}

await using var client = new SasRecClient(new Uri(address), key);
await using var events = new EventBuffer(client, unsent => Console.Error.WriteLine($"{unsent.Events.Count} events were not taken: {unsent.Cause.Message}"));
Console.WriteLine("A number buys, 'no' and a number turns down, 'like' and a number shows similar items, an empty line leaves.");

// The log has an event a moment after it was taken; until then the shop knows better what not to show.
List<string> done = [];
while (true)
{
    var slate = await client.RecommendAsync(new() { UserId = user, Count = 5, Placement = "shop", Exclude = done });
    Show($"For {user}:", slate);
    await events.SeenAsync(slate, user);

    var words = Console.ReadLine()?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
    if (words.Length == 0)
    {
        break;
    }

    if (!int.TryParse(words[^1], out var rank) || slate.Items.FirstOrDefault(item => item.Rank == rank) is not { } chosen)
    {
        Console.WriteLine("That is none of the list.");
        continue;
    }

    if (words[0] == "like")
    {
        var similar = await client.SimilarAsync(chosen.ItemId, new() { UserId = user, Count = 3, Placement = "shop-similar" });
        Show($"Like {Title(chosen)}:", similar);
        await events.SeenAsync(similar, user);
        continue;
    }

    await events.ClickedAsync(slate, user, chosen.ItemId, words[0] == "no" ? "dislike" : "purchase");
    Console.WriteLine($"{(words[0] == "no" ? "Turned down" : "Bought")}: {Title(chosen)}");
    done.Add(chosen.ItemId);
    await events.FlushAsync();
}

return 0;

static void Show(string heading, Slate slate)
{
    Console.WriteLine(heading);
    foreach (var item in slate.Items)
    {
        Console.WriteLine($"  {item.Rank}. {Title(item)}");
    }
}

static string Title(SlateItem item) => item.Title ?? item.ItemId;
