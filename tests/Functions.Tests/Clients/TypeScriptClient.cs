using System.Text;
using System.Text.Json;

namespace SasRec.Functions.Tests.Clients;

/// <summary>The types that openapi-typescript makes with its defaults, called with openapi-fetch.</summary>
sealed class TypeScriptClient : IDisposable
{
    readonly ScratchFolder folder = new();

    public static async Task<TypeScriptClient> GenerateAsync(string description)
    {
        var client = new TypeScriptClient();
        await File.WriteAllTextAsync(client.folder.File("openapi.json"), description);
        await File.WriteAllTextAsync(client.folder.File("package.json"), """{"type": "module"}""");
        Directory.CreateSymbolicLink(client.folder.File("node_modules"), await TypeScriptTools.InstalledAsync());
        await client.NodeAsync("node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "api.d.ts");
        return client;
    }

    /// <summary>Compiles and makes the calls, then compiles the answers as values of the types that stand for them.</summary>
    public async Task CallAsync(IReadOnlyList<ApiCall> calls, Uri host, string key)
    {
        var code = new StringBuilder($$"""
            import createClient from "openapi-fetch";
            import type { paths } from "./api.js";
            const client = createClient<paths>({ baseUrl: "{{host}}api/v1", headers: { "x-functions-key": "{{key}}" } });
            const answers: { status: number; data: unknown }[] = [];
            function note({ data, error, response }: { data?: unknown; error?: unknown; response: Response }) {
              if (!response.ok) throw new Error(`${response.url}: ${response.status} ${JSON.stringify(error)}`);
              answers.push({ status: response.status, data });
            }

            """);
        foreach (var call in calls)
        {
            code.AppendLine(Line(call));
        }

        code.AppendLine("console.log(JSON.stringify(answers));");
        await File.WriteAllTextAsync(folder.File("calls.ts"), code.ToString());
        await CompileAsync("calls.ts");
        var answers = JsonSerializer.Deserialize<JsonElement[]>(await NodeAsync("calls.js"))!;

        code = new StringBuilder("import type { operations } from \"./api.js\";\n");
        foreach (var (call, answer) in calls.Zip(answers))
        {
            var type = $"operations[\"{call.Operation}\"][\"responses\"][{answer.GetProperty("status")}][\"content\"]";
            code.AppendLine($"export const answer{Guid.NewGuid():N}: {type}[keyof {type}] = {answer.GetProperty("data").GetRawText()};");
        }

        await File.WriteAllTextAsync(folder.File("answers.ts"), code.ToString());
        await CompileAsync("answers.ts");
    }

    public void Dispose() => folder.Dispose();

    static string Line(ApiCall call)
    {
        var (path, verb, operation) = ApiDescription.Operations.Single(o => o.Operation.GetProperty("operationId").GetString() == call.Operation);
        var places = operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!, p => p.GetProperty("in").GetString()!)
            : [];
        var given = call.Given.GroupBy(given => places[given.Name]).ToDictionary(place => place.Key, place => place.ToDictionary(g => g.Name, g => g.Value));
        var options = $"{{ params: {JsonSerializer.Serialize(given)}{(call.Body is null ? "" : $", body: {call.Body}")}{(call.Operation is "Page" or "BrowserScript" ? ", parseAs: \"text\"" : "")} }}";
        return $"note(await client.{verb.ToUpperInvariant()}(\"{path}\", {options}));";
    }

    Task<string> CompileAsync(string file) =>
        NodeAsync("node_modules/typescript/bin/tsc", "--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", file);

    Task<string> NodeAsync(params string[] arguments) => Programs.RunAsync("node", arguments, folder.Path);
}
