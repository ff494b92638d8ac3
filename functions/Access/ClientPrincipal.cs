using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Access;

/// <summary>The caller as App Service Authentication hands it on: the header X-MS-CLIENT-PRINCIPAL, JSON in base64.</summary>
static class ClientPrincipal
{
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    // App roles come under the token's own name or under the name that .NET gives it, whatever the header's role_typ says.
    static readonly string[] RoleTypes = ["roles", ClaimTypes.Role];

    // A person has one of the first two names, an application one of the others.
    static readonly string[] NameTypes = ["name", "preferred_username", "azp", "appid"];

    /// <summary>The signed-in caller; null where there is none, or where the header cannot be read.</summary>
    public static ClaimsPrincipal? Of(HttpRequest request)
    {
        if (request.Headers[Header] is not [{ Length: > 0 } header])
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(Convert.FromBase64String(header), PrincipalJson.Default.Principal) is { Scheme.Length: > 0 } found
                ? Of(found)
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    static ClaimsPrincipal Of(Principal found)
    {
        Claim[] claims =
        [
            .. (found.Claims ?? []).OfType<PrincipalClaim>().Where(claim => claim is { Type.Length: > 0, Value.Length: > 0 })
                .Select(claim => new Claim(RoleTypes.Contains(claim.Type!) ? RoleTypes[0] : claim.Type!, claim.Value!)),
        ];
        var nameType = NameTypes.Prepend(found.NameType).FirstOrDefault(type => claims.Any(claim => claim.Type == type)) ?? NameTypes[0];
        return new ClaimsPrincipal(new ClaimsIdentity(claims, found.Scheme, nameType, RoleTypes[0]));
    }

    internal sealed record Principal(
        [property: JsonPropertyName("auth_typ")] string? Scheme,
        [property: JsonPropertyName("name_typ")] string? NameType,
        [property: JsonPropertyName("claims")] IReadOnlyList<PrincipalClaim?>? Claims);

    internal sealed record PrincipalClaim([property: JsonPropertyName("typ")] string? Type, [property: JsonPropertyName("val")] string? Value);
}

/// <summary>How the header is read.</summary>
[JsonSerializable(typeof(ClientPrincipal.Principal))]
sealed partial class PrincipalJson : JsonSerializerContext;
