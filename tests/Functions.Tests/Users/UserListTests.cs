using SasRec.Core.Events;
using SasRec.Storage.Log;

namespace SasRec.Functions.Tests.Users;

public class UserListTests
{
    [Fact]
    public async Task Each_user_is_listed_once_however_much_they_did_and_the_next_ones_follow()
    {
        await using var app = await TestApp.StartAsync();
        string[] users = ["ann", "ben", "kä/the", "zoë"];
        var now = DateTimeOffset.UtcNow;
        await app.Get<InteractionLog>().AppendAsync(
        [
            .. from user in users
               from i in Enumerable.Range(0, 3)
               select new Interaction { EventId = $"{user} {i}", UserId = user, ItemId = "dune", Timestamp = now, TimestampAssigned = true },
        ]);
        Assert.Equal(users, await UsersAsync("?count=50"));
        Assert.Equal(["ann", "ben"], await UsersAsync("?count=2"));
        Assert.Equal(users[3..], await UsersAsync($"?after={Uri.EscapeDataString("kä/the")}"));
        await app.GetAsync("/api/users?count=51", 400);

        async Task<string[]> UsersAsync(string query) =>
            [.. (await app.GetAsync("/api/users" + query)).GetProperty("users").EnumerateArray().Select(u => u.GetString()!)];
    }
}
