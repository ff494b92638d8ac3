using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using SasRec.Functions.Access;

namespace SasRec.Functions.Tests.Access;

public class RoleCheckTests(SharedApp shared)
{
    static readonly object Change = new { rules = new { maxPerCategory = 4 }, reason = "a promotion", by = "somebody" };

    [Fact]
    public async Task Where_roles_are_asked_for_only_callers_with_the_role_operate_and_under_their_own_name()
    {
        await using var app = await TestApp.StartAsync("Access:EntraRoles=true");

        Assert.Equal(HttpStatusCode.Unauthorized, (await PutAsync(app, null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PutAsync(app, "not base64")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PutAsync(app, Encode("[]"))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PutAsync(app, Principal(("name", "Reader"), ("roles", "read")))).Status);

        var person = await PutAsync(app, Principal(("name", "Åsa 猫"), ("roles", "read"), ("roles", "operate")));
        Assert.Equal((HttpStatusCode.OK, "Åsa 猫"), (person.Status, person.Answer.GetProperty("by").GetString()));

        Assert.Equal(HttpStatusCode.Unauthorized, (await PutAsync(app, null, "/api/v1/rules/home")).Status);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync(app, Principal(("name", "Åsa 猫"), ("roles", "operate")), "/api/v1/rules/home")).Status);

        // App Service may give the claim the name that .NET has for it; an application has an id in the place of a name.
        var service = await PutAsync(app, Principal(("azp", "7f1c"), ("http://schemas.microsoft.com/ws/2008/06/identity/claims/role", "operate")));
        Assert.Equal((HttpStatusCode.OK, "7f1c"), (service.Status, service.Answer.GetProperty("by").GetString()));

        // What does not operate needs no sign-in.
        await app.GetAsync("/api/rules");
    }

    [Fact]
    public async Task Where_no_roles_are_asked_for_the_header_means_nothing()
    {
        var forged = await PutAsync(shared.App, Principal(("name", "the boss"), ("roles", "operate")), "/api/rules/forged");
        Assert.Equal((HttpStatusCode.OK, "somebody"), (forged.Status, forged.Answer.GetProperty("by").GetString()));
    }

    static string Principal(params (string Type, string Value)[] claims) => Encode(JsonSerializer.Serialize(new
    {
        auth_typ = "aad",
        name_typ = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        role_typ = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
        claims = claims.Select(claim => new { typ = claim.Type, val = claim.Value }),
    }));

    static string Encode(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json));

    static async Task<(HttpStatusCode Status, JsonElement Answer)> PutAsync(TestApp app, string? principal, string path = "/api/rules/home")
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(Change) };
        if (principal is not null)
        {
            request.Headers.Add(ClientPrincipal.Header, principal);
        }

        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }
}
