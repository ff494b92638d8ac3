using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using SasRec.Functions.Http;

namespace SasRec.Functions.Access;

/// <summary>Lets only those operate who are signed in with the app role for it, where <see cref="AccessOptions.EntraRoles"/> asks for it.</summary>
sealed class RoleCheck(AccessOptions options) : IFunctionsWorkerMiddleware
{
    // The scope of scopes.json, and the app role that opens it.
    const string Operate = "operate";

    readonly FrozenSet<string> operations = JsonSerializer
        .Deserialize<Dictionary<string, string[]>>(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "scopes.json")))![Operate]
        .ToFrozenSet(StringComparer.Ordinal);

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (options.EntraRoles && context.GetHttpContext() is { } http)
        {
            var caller = ClientPrincipal.Of(http.Request);
            if (operations.Contains(ApiRoutes.OperationOf(context.FunctionDefinition.Name)) && !(caller?.IsInRole(Operate) ?? false))
            {
                context.GetInvocationResult().Value = caller is null
                    ? Problem.Of(
                        StatusCodes.Status401Unauthorized, "This operation needs a signed-in caller.",
                        "Sign in at /.auth/login/aad, or send a bearer token of Entra ID.")
                    : Problem.Of(StatusCodes.Status403Forbidden, $"This operation needs the app role '{Operate}', which the caller does not have.");
                return;
            }

            http.User = caller ?? http.User;
        }

        await next(context);
    }
}
