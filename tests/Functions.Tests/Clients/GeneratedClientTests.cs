using SasRec.Functions.Tests.Serve;

namespace SasRec.Functions.Tests.Clients;

/// <summary>Clients that are generated with default options from the description as it is served, and call every operation.</summary>
public class GeneratedClientTests(ServingApp serving) : IClassFixture<ServingApp>
{
    [Fact]
    public void The_calls_are_of_every_operation()
    {
        var calls = ApiCall.All(new ApiCall.Ids("", "", "", "", "", "", "", "")).Select(call => call.Operation).Distinct();
        Assert.Equal(ApiDescription.Operations.Select(o => o.Operation.GetProperty("operationId").GetString()).Order(), calls.Order());
    }

    [Fact]
    public async Task A_client_of_NSwag_sends_what_it_is_told_and_reads_every_answer() =>
        await CallAllAsync(async (description, http) => (await NSwagClient.GenerateAsync(description, http)).CallAsync);

    [Fact]
    public async Task A_client_of_Kiota_sends_what_it_is_told_and_reads_every_answer() =>
        await CallAllAsync(async (description, http) => (await KiotaClient.GenerateAsync(description, http)).CallAsync);

    [Fact]
    public async Task A_client_of_openapi_typescript_compiles_sends_what_it_is_told_and_its_types_are_those_of_every_answer()
    {
        using var client = await TypeScriptClient.GenerateAsync(await serving.App.Client.GetStringAsync("/api/openapi.json"));
        var calls = ApiCall.All(await ApiCall.Ids.MakeAsync(serving.App, serving.Version));
        await client.CallAsync(calls, serving.App.Client.BaseAddress!, TestApp.Key);
    }

    async Task CallAllAsync(Func<string, HttpClient, Task<Func<ApiCall, Task<string?>>>> generate)
    {
        var wire = new Wire();
        using var http = new HttpClient(wire) { BaseAddress = serving.App.Client.BaseAddress, DefaultRequestHeaders = { { "x-functions-key", TestApp.Key } } };
        var call = await generate(await serving.App.Client.GetStringAsync("/api/openapi.json"), http);
        var wrong = new List<string>();
        foreach (var wanted in ApiCall.All(await ApiCall.Ids.MakeAsync(serving.App, serving.Version)))
        {
            try
            {
                var read = await call(wanted);
                Note(wanted.Body is null ? null : Wire.Difference(wanted.Body, wire.Sent!), "sends");
                Note(read is null ? null : Wire.Difference(wire.Answered, read), "reads");
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Note($"{(e.InnerException ?? e).GetType().Name}: {(e.InnerException ?? e).Message} {wire.Answered[..Math.Min(300, wire.Answered.Length)]}", "fails");
            }

            void Note(string? difference, string what)
            {
                if (difference is not null)
                {
                    wrong.Add($"{wanted.Operation} {what} {difference}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
