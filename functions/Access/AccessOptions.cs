using SasRec.Core.Options;

namespace SasRec.Functions.Access;

/// <summary>Who may do what, beyond the keys of functions.</summary>
[Section("Access")]
sealed record AccessOptions
{
    /// <summary>Whether an operation of the scope <c>operate</c> needs a caller who is signed in with Entra ID and has the app role <c>operate</c>,
    /// besides a function key. It trusts the header X-MS-CLIENT-PRINCIPAL: set it only where App Service Authentication stands before the app, which
    /// removes this header from what clients send. infra sets both with ENTRA_CLIENT_ID.</summary>
    public bool EntraRoles { get; init; }
}
