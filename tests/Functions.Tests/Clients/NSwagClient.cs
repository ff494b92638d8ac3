using System.Reflection;
using Newtonsoft.Json;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace SasRec.Functions.Tests.Clients;

/// <summary>The client that NSwag makes with its defaults.</summary>
sealed class NSwagClient(object client)
{
    public static async Task<NSwagClient> GenerateAsync(string description, HttpClient http)
    {
        var document = await OpenApiDocument.FromJsonAsync(description);
        var settings = new CSharpClientGeneratorSettings { ClassName = "ShopClient", CSharpGeneratorSettings = { Namespace = "Shop.NSwag" } };
        var assembly = Generated.Compile("Shop.NSwag", [new CSharpClientGenerator(document, settings).GenerateFile()]);
        return new NSwagClient(Activator.CreateInstance(assembly.GetType("Shop.NSwag.ShopClient")!, http)!);
    }

    /// <summary>Makes a call.</summary>
    /// <returns>What the client makes of the answer, in JSON; null where it is no object.</returns>
    public async Task<string?> CallAsync(ApiCall call)
    {
        var method = client.GetType().GetMethods().Single(method =>
            method.Name == call.Operation + "Async" && method.GetParameters() is [.., var last] && last.ParameterType == typeof(CancellationToken));
        var arguments = method.GetParameters().Select(parameter => ValueOf(parameter, call)).ToArray();
        var answer = await Generated.ResultAsync(method.Invoke(client, arguments));
        return answer is IDisposable ? null : JsonConvert.SerializeObject(answer);
    }

    static object? ValueOf(ParameterInfo parameter, ApiCall call)
    {
        if (parameter.ParameterType == typeof(CancellationToken))
        {
            return TestContext.Current.CancellationToken;
        }

        if (parameter.Name == "body")
        {
            return JsonConvert.DeserializeObject(call.Body!, parameter.ParameterType);
        }

        var given = call.Given.Where(given => Generated.Is(parameter.Name!, given.Name)).Select(given => given.Value).SingleOrDefault();
        return given is null ? null : Generated.As(parameter.ParameterType, given);
    }
}
