using System.Reflection;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Abstractions.Serialization;
using Microsoft.Kiota.Http.HttpClientLibrary;

namespace SasRec.Functions.Tests.Clients;

/// <summary>The client that Kiota makes with its defaults.</summary>
sealed class KiotaClient(object client)
{
    public static async Task<KiotaClient> GenerateAsync(string description, HttpClient http)
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder.File("openapi.json"), description);
        var kiota = typeof(KiotaClient).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(fact => fact.Key == "Kiota").Value!;
        await Programs.RunAsync("dotnet", [kiota, "generate", "-l", "CSharp", "-d", folder.File("openapi.json"), "-o", folder.File("code"), "-c", "ShopClient", "-n", "Shop.Kiota"], folder.Path);
        var sources = Directory.GetFiles(folder.File("code"), "*.cs", SearchOption.AllDirectories);
        var assembly = Generated.Compile("Shop.Kiota", sources.Select(File.ReadAllText));
        var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = new Uri(http.BaseAddress!, "/api/v1").ToString() };
        return new KiotaClient(Activator.CreateInstance(assembly.GetType("Shop.Kiota.ShopClient")!, adapter)!);
    }

    /// <summary>Makes a call.</summary>
    /// <returns>What the client makes of the answer, in JSON; null where it is no object.</returns>
    public async Task<string?> CallAsync(ApiCall call)
    {
        var (path, verb, _) = ApiDescription.Operations.Single(o => o.Operation.GetProperty("operationId").GetString() == call.Operation);
        var builder = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(client, (at, segment) => Step(at, segment, call));
        var method = builder.GetType().GetMethods().Single(method =>
            method.Name.StartsWith(verb, StringComparison.OrdinalIgnoreCase) && method.Name.EndsWith("Async", StringComparison.Ordinal) && method.GetCustomAttribute<ObsoleteAttribute>() is null);
        var arguments = new List<object?>();
        foreach (var parameter in method.GetParameters())
        {
            var type = parameter.ParameterType;
            arguments.Add(
                type == typeof(CancellationToken) ? TestContext.Current.CancellationToken
                : typeof(IParsable).IsAssignableFrom(type) ? await KiotaJsonSerializer.DeserializeAsync(type, call.Body!)
                : typeof(KiotaClient).GetMethod(nameof(Configure), BindingFlags.Static | BindingFlags.NonPublic)!
                    .MakeGenericMethod(type.GetGenericArguments()[0].GetGenericArguments()[0]).Invoke(null, [call]));
        }

        var answer = await Generated.ResultAsync(method.Invoke(builder, [.. arguments]));
        return answer is IParsable parsable and not UntypedNode ? await KiotaJsonSerializer.SerializeAsStringAsync(parsable) : null;
    }

    static object Step(object builder, string segment, ApiCall call) => segment.StartsWith('{')
        ? builder.GetType().GetProperties().Single(property => property.GetIndexParameters() is [{ } index] && index.ParameterType == typeof(string))
            .GetValue(builder, [call.Given.Single(given => given.Name == segment.Trim('{', '}')).Value])!
        : builder.GetType().GetProperties().Single(property => Generated.Is(property.Name, segment)).GetValue(builder)!;

    static Action<RequestConfiguration<TQuery>> Configure<TQuery>(ApiCall call)
        where TQuery : class, new() => configuration =>
        {
            foreach (var (name, value) in call.Given)
            {
                if (typeof(TQuery).GetProperties().SingleOrDefault(property => Generated.Is(property.Name, name)) is { } property)
                {
                    property.SetValue(configuration.QueryParameters, Generated.As(property.PropertyType, value));
                }
            }
        };
}
