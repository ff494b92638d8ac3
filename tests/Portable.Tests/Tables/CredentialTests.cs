using System.Net;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Core;
using Azure.Data.Tables;
using static SasRec.Portable.Tests.Tables.StubService;

namespace SasRec.Portable.Tests.Tables;

public class CredentialTests(StorageEmulator storage)
{
    static readonly Func<HttpResponseMessage> Done = Answer(HttpStatusCode.NoContent);

    [Fact]
    public async Task A_request_is_signed_over_its_date_and_its_path_as_sent()
    {
        var service = new StubService(Done);

        await service.Client.GetTableClient("t").DeleteEntityAsync("a b", "it's");

        var request = Assert.Single(service.Requests);
        var date = request.Headers.GetValues("x-ms-date").Single();
        var signed = $"{date}\n/shop/t(PartitionKey='a%20b',RowKey='it%27%27s')";
        Assert.EndsWith(" GMT", date, StringComparison.Ordinal);
        Assert.Equal(
            $"SharedKeyLite shop:{Convert.ToBase64String(HMACSHA256.HashData("secret"u8, Encoding.UTF8.GetBytes(signed)))}",
            request.Headers.NonValidated["Authorization"].ToString());
    }

    [Fact]
    public async Task A_wrong_key_is_refused_by_the_service()
    {
        var real = new TableServiceClient(storage.ConnectionString);
        var credential = new TableSharedKeyCredential(real.AccountName, Key);
        var service = new TableServiceClient(real.Uri, credential);

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => service.CreateTableIfNotExistsAsync(StorageEmulator.Unique()));
        Assert.Equal(403, failure.Status);

        credential.SetAccountKey(storage.ConnectionString.Split("AccountKey=")[1].Split(';')[0]);
        Assert.Equal(204, (await service.CreateTableIfNotExistsAsync(StorageEmulator.Unique())).GetRawResponse().Status);
    }

    [Fact]
    public async Task An_identity_sends_its_token_for_storage()
    {
        var service = new StubService(Done);
        var credential = new FixedToken();
        var client = new TableServiceClient(new Uri("https://shop.table.core.windows.net/"), credential, service.Options);

        await client.GetTableClient("t").AddEntityAsync(new TableEntity("p", "r"));

        var request = Assert.Single(service.Requests);
        Assert.Equal("https://shop.table.core.windows.net/t", request.RequestUri!.GetLeftPart(UriPartial.Path));
        Assert.Equal("Bearer token-1", request.Headers.NonValidated["Authorization"].ToString());
        Assert.Equal(["https://storage.azure.com/.default"], credential.Scopes);
        Assert.Equal("shop", client.AccountName);
    }

    [Fact]
    public async Task A_busy_service_is_asked_again_with_a_new_signature()
    {
        var service = new StubService(Answer(HttpStatusCode.ServiceUnavailable), Answer(HttpStatusCode.InternalServerError), Done);

        var response = await service.Client.GetTableClient("t").UpsertEntityAsync(new TableEntity("p", "r") { ["A"] = 1 });

        Assert.Equal(204, response.Status);
        Assert.Equal(3, service.Requests.Count);
        Assert.Equal([.. Enumerable.Repeat("""{"PartitionKey":"p","RowKey":"r","A":1}""", 3)], service.Bodies);
        Assert.All(service.Requests, r => Assert.Single(r.Headers.GetValues("Authorization")));
    }

    [Fact]
    public async Task A_body_that_is_no_error_of_the_service_still_gives_its_status()
    {
        var service = new StubService(Answer(HttpStatusCode.Forbidden, "<html>proxy</html>"));

        var failure = await Assert.ThrowsAsync<RequestFailedException>(() => service.Client.DeleteTableAsync("t"));

        Assert.Equal((403, null), (failure.Status, failure.ErrorCode));
    }

    [Theory]
    [InlineData("UseDevelopmentStorage=true", "http://127.0.0.1:10002/devstoreaccount1", "devstoreaccount1")]
    [InlineData("AccountName=shop;AccountKey=c2VjcmV0", "https://shop.table.core.windows.net/", "shop")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=shop;AccountKey=c2VjcmV0;EndpointSuffix=x.y", "http://shop.table.x.y/", "shop")]
    [InlineData("AccountName=shop;AccountKey=c2VjcmU=;TableEndpoint=http://localhost:9/shop/;", "http://localhost:9/shop", "shop")]
    public void A_connection_string_names_the_service(string text, string endpoint, string account)
    {
        var service = new TableServiceClient(text);

        Assert.Equal((endpoint.TrimEnd('/'), account), (service.Uri.AbsoluteUri.TrimEnd('/'), service.AccountName));
        Assert.Equal($"{endpoint.TrimEnd('/')}/t", service.GetTableClient("t").Uri.AbsoluteUri);
    }

    [Fact]
    public void A_connection_string_that_names_no_account_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new TableServiceClient("AccountName=shop"));
        Assert.Throws<InvalidOperationException>(() => new TableServiceClient(Key));
    }

    [Fact]
    public async Task A_token_does_not_travel_in_the_open()
    {
        var service = new StubService(Done);
        var client = new TableServiceClient(new Uri("http://shop.table.core.windows.net"), new FixedToken(), service.Options);

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetTableClient("t").AddEntityAsync(new TableEntity("p", "r")));

        Assert.Empty(service.Requests);
    }

    sealed class FixedToken : TokenCredential
    {
        public string[] Scopes { get; private set; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes = requestContext.Scopes;
            return new AccessToken("token-1", DateTimeOffset.UtcNow.AddHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            new(GetToken(requestContext, cancellationToken));
    }
}
