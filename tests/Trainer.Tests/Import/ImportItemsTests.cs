using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SasRec.Core.Contracts;

namespace SasRec.Trainer.Tests.Import;

public sealed class ImportItemsTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Columns_of_a_CSV_file_arrive_as_fields_and_others_as_attributes()
    {
        await using var host = await ItemsHost.StartAsync();
        var outcome = await ImportAsync(host, Write("shop.csv",
            "\uFEFFItem ID,name,categories,in-stock,image_url,published at,expires_at,pages,code,note,paperback\r\n" +
            "a,\"Title, \"\"quoted\"\"\nin two lines\",tea | green tea,no,https://example.com/a.jpg,1700000000,2030-01-01,412,007,<b>ü</b>,true\r\n" +
            "\r\n名 🎺,日本,,,,,,,,,\n"));

        Assert.Equal(ExitCode.Ok, outcome.Code);
        Assert.Equal(2, outcome.Json.GetProperty("items").GetInt32());
        Assert.Equal(
            """{"id":"a","title":"Title, \"quoted\"\nin two lines","categories":["tea","green tea"],"available":false,"imageUrl":"https://example.com/a.jpg","publishedAt":"2023-11-14T22:13:20+00:00","expiresAt":"2030-01-01T00:00:00+00:00","attributes":{"pages":412,"code":"007","note":"<b>ü</b>","paperback":true}}""",
            host.Stored["a"]);
        var second = JsonDocument.Parse(host.Stored["名 🎺"]).RootElement;
        Assert.Equal(["id 名 🎺", "title 日本"], second.EnumerateObject().Select(field => $"{field.Name} {field.Value}"));
    }

    [Fact]
    public async Task Lines_of_JSON_arrive_as_they_stand()
    {
        await using var host = await ItemsHost.StartAsync();
        string[] lines = [.. Enumerable.Range(0, 1_234).Select(i => $$"""{ "id": "{{i}}", "title": "Ü {{i}}", "attributes": { "n": {{i}} } }""")];
        var outcome = await ImportAsync(host, Write("shop.jsonl", string.Join("\n\n", lines)), "--batch", "100");

        Assert.Equal((ExitCode.Ok, 13), (outcome.Code, outcome.Json.GetProperty("requests").GetInt32()));
        Assert.Equal(lines.Order(), host.Stored.Values.Order());
        Assert.Equal(ExitCode.Ok, (await ImportAsync(host, Write("shop.txt", lines[0]))).Code);
    }

    [Theory]
    [InlineData("a.csv", "id,title\na,x\nb\n", "Line 3: found 1 fields; there must be 2.")]
    [InlineData("a.csv", "id,name,title\n", "Line 1: several columns are the title; the header must name one.")]
    [InlineData("a.csv", "id,colour\n", "Line 1: the header is 'id,colour'; it must name the columns 'id' and 'title'.")]
    [InlineData("a.csv", "", "The file is empty")]
    [InlineData("a.csv", "id,title,available\na,x,true\nb,y,maybe\n", "Line 3: available 'maybe' must be true, false, yes, no, a number in stock, or a state")]
    [InlineData("a.csv", "id,title,expires\na,x,soon\n", "Line 2: expiresAt 'soon' must be a Unix time")]
    [InlineData("a.csv", "id,title\na,x\n\"b\nc\",y\na,z\n", "Line 5: the id 'a' stands on line 2 already; a file must have each once, or its variants one after the other.")]
    [InlineData("a.jsonl", "{\"id\":\"a\",\"title\":\"x\"}\n\n{\"id\":\"b\",,}\n", "Line 3: the line is not JSON: ")]
    [InlineData("a.jsonl", "{\"title\":\"x\"}\n", "Line 1: the line must be a JSON object with an 'id'.")]
    [InlineData("a.xlsx", "PK", "it must name the columns 'id' and 'title'")]
    [InlineData("a.csv", "id,title,color,color\n", "Line 1: two columns are named 'color'; the header must name each once.")]
    [InlineData("a.csv", "id,title,size\na,One,S\na,Two,L\n", "Line 3: the id 'a' stands on line 2 already, with another title")]
    public async Task A_line_that_cannot_be_read_is_named_with_what_was_found(string name, string text, string message)
    {
        await using var host = await ItemsHost.StartAsync();
        var outcome = await ImportAsync(host, Write(name, text));
        Assert.NotEqual(ExitCode.Ok, outcome.Code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id,title,link,image_link,availability,price\ns,Mug,https://e.com/1,https://e.com/1.jpg,in stock,12.50 EUR\n",
        """{"id":"s","title":"Mug","available":true,"imageUrl":"https://e.com/1.jpg","attributes":{"link":"https://e.com/1","price":"12.50 EUR"}}""",
        "available = availability, imageUrl = image_link; attributes: link, price")]
    [InlineData("id,title,availability\ns,Mug,out_of_stock\n", """{"id":"s","title":"Mug","available":false}""", "available = availability")]
    [InlineData("id,title,availability\ns,Mug,https://schema.org/PreOrder\n", """{"id":"s","title":"Mug","available":true}""", "available = availability")]
    [InlineData("sku,name,stock\ns,Mug,0\n", """{"id":"s","title":"Mug","available":false}""", "id = sku, title = name, available = stock")]
    [InlineData("movieId,title,genres\n1,\"Tale, A (1995)\",Adventure|Children\n", """{"id":"1","title":"Tale, A (1995)","categories":["Adventure","Children"]}""", "categories = genres")]
    [InlineData("1::Tale (1995)::Adventure|Children\n", """{"id":"1","title":"Tale (1995)","categories":["Adventure","Children"]}""", "'::'")]
    [InlineData("id;title;categories\na;One;Home & Garden > Kitchen\n", """{"id":"a","title":"One","categories":["Home & Garden","Kitchen"]}""", "divided by ';'")]
    [InlineData("id,title,size\na,One,S\na,One,L\n", """{"id":"a","title":"One","attributes":{"size":"S, L"}}""", "attributes: size")]
    [InlineData("Handle,Title,Type,Published,Option1 Value,Variant Inventory Qty,Image Src,Status\nmug,Mug,Cups,TRUE,Red,0,https://e.com/1.jpg,active\nmug,,,,Blue,3,,\n",
        """{"id":"mug","title":"Mug","categories":["Cups"],"available":true,"imageUrl":"https://e.com/1.jpg","attributes":{"Option1 Value":"Red, Blue","Status":"active"}}""",
        "id = Handle, title = Title, categories = Type, available = Variant Inventory Qty, imageUrl = Image Src")]
    [InlineData("Handle,Title,Published,Status\nmug,Mug,TRUE,draft\n", """{"id":"mug","title":"Mug","available":false,"attributes":{"Status":"draft"}}""", "id = Handle")]
    [InlineData(",id,title\n0,a,One\n", """{"id":"a","title":"One"}""", "a column without a name is not used")]
    [InlineData("{\"id\": 12, \"title\": \"One\", \"price\": null, \"color\": \"red\"}\n", """{"id":"12","title":"One","attributes":{"color":"red"}}""", "JSON")]
    [InlineData("{\n  \"id\": \"a\",\n  \"title\": \"One\"\n}\n", "{\n  \"id\": \"a\",\n  \"title\": \"One\"\n}", "JSON")]
    [InlineData("[{\"id\":\"a\",\"title\":\"One\"}]", """{"id":"a","title":"One"}""", "JSON")]
    public async Task Feeds_of_shops_are_understood_and_which_column_became_what_is_said(string feed, string stored, string said)
    {
        await using var host = await ItemsHost.StartAsync();
        var outcome = await ImportAsync(host, Write("feed", feed));

        Assert.Equal((ExitCode.Ok, stored), (outcome.Code, Assert.Single(host.Stored).Value));
        Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_API_refuses_is_told_with_the_line_of_the_file()
    {
        await using var host = await ItemsHost.StartAsync((_, context) =>
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            context.Response.ContentType = "application/problem+json";
            return context.Response.WriteAsync(
                """{"title":"no","status":400,"errors":[{"field":"items[1].imageUrl","value":"\"ftp://x\"","range":"an absolute http or https address"}]}""");
        });
        var outcome = await ImportAsync(host, Write("a.csv", "id,title,image\n\na,x,\n\nb,y,ftp://x\n"));
        Assert.Equal(ExitCode.Failure, outcome.Code);
        Assert.Contains("Line 5: imageUrl 'ftp://x' must be an absolute http or https address.", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_failed_goes_on_where_it_was()
    {
        var fail = true;
        await using var host = await ItemsHost.StartAsync((request, context) =>
        {
            context.Response.StatusCode = fail && request > 3 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            return Task.CompletedTask;
        });
        var file = Write("a.csv", "id,title\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i},t\n")));
        string[] options = ["--batch", "10", "--parallel", "1", "--retry-seconds", "0", "--state", scratch.File("state")];
        Assert.Equal(ExitCode.Failure, (await ImportAsync(host, file, options)).Code);
        Assert.Equal(30, host.Stored.Count);
        fail = false;
        var second = await ImportAsync(host, file, options);
        Assert.Equal((70, 31), (second.Json.GetProperty("items").GetInt32(), second.Json.GetProperty("skippedLines").GetInt32()));
        Assert.Equal(100, host.Stored.Count);
    }

    string Write(string name, string text)
    {
        File.WriteAllText(scratch.File(name), text);
        return scratch.File(name);
    }

    static Task<JobOutcome> ImportAsync(ItemsHost host, string file, params string[] options) =>
        Job.RunAsync(["items", "import", file, "--url", host.Url, "--json", .. options]);
}
