using System.IO.Compression;
using System.Text;
using SasRec.Trainer.Console;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Tests.Files;

/// <summary>Layouts as people have them: each line of data says that user u did something with item i on 2023-11-14 at 22:13:20.</summary>
public sealed class LayoutTests : IDisposable
{
    static readonly DateTimeOffset When = DateTimeOffset.FromUnixTimeSeconds(1700000000);

    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("user,item,timestamp\nu,i,1700000000\n")]
    [InlineData("\uFEFF\"user\",\"item\",\"timestamp\"\r\n\"u\",\"i\",\"1700000000\"\r\n")]
    [InlineData("user;item;timestamp\nu;i;1700000000\n")]
    [InlineData("user\titem\ttimestamp\nu\ti\t1700000000\n")]
    [InlineData("user|item|timestamp\nu|i|1700000000\n")]
    [InlineData("user item timestamp\nu i 1700000000\n")]
    [InlineData("user::item::timestamp\nu::i::1700000000\n")]
    [InlineData("sep=;\r\nuser;item;timestamp\r\nu;i;1700000000\r\n")]
    [InlineData("# exported today\nuser,item,timestamp\nu,i,1700000000\n")]
    [InlineData("#user_id\titem_id\ttimestamp\nu\ti\t1700000000\n")]
    [InlineData("user,item,timestamp\ru,i,1700000000\r")]
    [InlineData("USERID,ITEMID,TIMESTAMP\nu,i,1700000000")]
    [InlineData("'user','item','timestamp'\nu,i,1700000000\n")]
    [InlineData(",user,item,timestamp\n0,u,i,1700000000\n")]
    [InlineData("user,item,timestamp,\nu,i,1700000000,\n")]
    [InlineData("user,item,timestamp\nu,i,1700000000,\n")]
    [InlineData("user,item,timestamp\n u , i , 1700000000 \n")]
    [InlineData("user_id:token\titem_id:token\trating:float\ttimestamp:float\nu\ti\t5.0\t1700000000.0\n")]
    [InlineData("userId,movieId,rating,timestamp\nu,i,3.5,1700000000\n")]
    [InlineData("u::i::5::1700000000\n")]
    [InlineData("u\ti\t5\t1700000000\n")]
    [InlineData("u,i,1700000000\n")]
    [InlineData("1700000000,u,i\n")]
    [InlineData("u,i,5.0,1700000000\n")]
    [InlineData("u,2023-11-14T22:13:20.000Z,i,0\n")]
    [InlineData("u,i,4756105,pv,1700000000\n")]
    [InlineData("event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n2023-11-14 22:13:20 UTC,view,i,1,,,2.5,u,s\n")]
    [InlineData("timestamp,visitorid,event,itemid,transactionid\n1700000000000,u,view,i,\n")]
    [InlineData("FeedbackType,UserId,ItemId,Timestamp\nread,u,i,2023-11-14T22:13:20Z\n")]
    [InlineData("USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\nu,i,1700000000,Click\n")]
    [InlineData("user_id,parent_asin,rating,timestamp\nu,i,5.0,1700000000000\n")]
    [InlineData("customer_id,sku,ordered_at,quantity\nu,i,2023-11-14 22:13:20+00,2\n")]
    [InlineData("events.user_id,events.item_id,events.created_at\nu,i,1700000000\n")]
    [InlineData("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,i,\"A, b\",6,2023-11-14 22:13,2.5,u,UK\n", -20)]
    [InlineData("t_dat,customer_id,article_id,price,sales_channel_id\n2023-11-14,u,i,0.05,2\n", -80_000)]
    [InlineData("{\"userId\":\"u\",\"itemId\":\"i\",\"timestamp\":\"2023-11-14T22:13:20Z\"}\n")]
    [InlineData("[{\"user_id\":\"u\",\"item_id\":\"i\",\"ts\":1700000000},\n {\"user_id\":\"u2\",\"item_id\":\"i2\",\"ts\":1700000001}]")]
    [InlineData("{\n  \"user_id\": \"u\",\n  \"item_id\": \"i\",\n  \"ts\": 1700000000\n}\n{\n  \"user_id\": \"v\", \"item_id\": \"j\", \"ts\": 1700000009\n}\n")]
    [InlineData("{\"reviewerID\":\"u\",\"asin\":\"i\",\"helpful\":[0,0],\"reviewText\":\"fine, \\\"really\\\"\",\"overall\":3.0,\"unixReviewTime\":1700000000,\"reviewTime\":\"11 14, 2023\"}\n")]
    [InlineData("{\"review_id\":\"r\",\"user_id\":\"u\",\"business_id\":\"i\",\"stars\":4.0,\"text\":\"ok\",\"date\":\"2023-11-14 22:13:20\"}\n")]
    [InlineData("{\"rating\":5.0,\"title\":\"t\",\"images\":[{\"small\":\"x\"}],\"asin\":\"a\",\"parent_asin\":\"i\",\"user_id\":\"u\",\"timestamp\":1700000000000}\n")]
    [InlineData("{\"session\":\"u\",\"events\":[{\"aid\":\"i\",\"ts\":1700000000000,\"type\":\"clicks\"},{\"aid\":\"j\",\"ts\":1700000001000,\"type\":\"carts\"}]}\n")]
    [InlineData("{\"events\":[{\"aid\":\"i\",\"ts\":1700000000000}],\"session\":\"u\"}\n")]
    [InlineData("{\"user\":{\"id\":\"u\"},\"product\":{\"id\":\"i\"},\"created_at\":{\"$date\":\"2023-11-14T22:13:20Z\"}}\n")]
    [InlineData("{\"user_pseudo_id\":\"u\",\"event_timestamp\":1700000000000000,\"event_name\":\"view_item\",\"event_params\":[{\"key\":\"a\",\"value\":1}],\"items\":[{\"item_id\":\"i\",\"item_name\":\"n\"}]}\n")]
    [InlineData("{\"user_id\":\"u\",\"items\":[\"i\",\"j\"],\"timestamps\":[1700000000,1700000001]}\n")]
    public void A_layout_is_read_without_any_option(string text, int secondsOff = 0)
    {
        var interaction = Open(text).Read().First();

        Assert.Equal(("u", "i"), (interaction.UserId, interaction.ItemId));
        Assert.InRange((interaction.Time!.Value - When).TotalSeconds, secondsOff, 0);
    }

    [Fact]
    public void Every_event_of_a_session_is_an_interaction_of_it()
    {
        var read = Open("{\"session\":7,\"events\":[{\"aid\":1,\"ts\":1700000000000,\"type\":\"clicks\"},{\"aid\":2,\"ts\":1700000001000,\"type\":\"carts\"}]}\n"
            + "{\"session\":8,\"events\":[]}\n{\"session\":9,\"events\":[{\"aid\":3,\"ts\":1700000002000,\"type\":\"orders\"}]}\n").Read();

        Assert.Equal(["7 1 clicks", "7 2 carts", "9 3 orders"], read.Select(i => $"{i.UserId} {i.ItemId} {i.Type}"));
    }

    [Fact]
    public void Types_and_values_are_found_without_a_header()
    {
        var taobao = Open("1,2268318,2520377,pv,1511544070\n1,2333346,2520771,cart,1511561733\n").Read().First();
        var movies = Open("1::11::4.5::972726020\n1::10::2::972738377\n").Read().First();

        Assert.Equal(("1", "2268318", "pv"), (taobao.UserId, taobao.ItemId, taobao.Type));
        Assert.Equal(4.5, movies.Value);
        Assert.Null(Open("1,2014-04-07T10:51:09.277Z,214536502,0\n").Read().First().Value);
    }

    [Fact]
    public void Amazon_ratings_name_the_item_first_or_second()
    {
        var first = Open("B000000011,A1YJEY40YUW4SE,5.0,1700000000\n").Read().Single();
        var second = Open("A1YJEY40YUW4SE,B000000011,5.0,1700000000\n").Read().Single();

        Assert.Equal("A1YJEY40YUW4SE", first.UserId);
        Assert.Equal(second with { Line = 1 }, first);
    }

    [Theory]
    [InlineData("user=visitor name,item=thing,time=when", "when,visitor name,thing\n1700000000,u,i\n")]
    [InlineData("user=2,item=6,time=1", "1700000000,u,x,y,z,i\n")]
    [InlineData("item=track-id", "user,artist,track-id,timestamp\nu,a,i,1700000000\n")]
    [InlineData("user=who.name,item=what", "{\"who\":{\"name\":\"u\"},\"what\":\"i\",\"time\":1700000000}\n")]
    [InlineData("time=created", "user,item,time,created\nu,i,5,1700000000\n")]
    public void Columns_can_be_named(string columns, string text)
    {
        var interaction = Open(text, new ReadOptions { Columns = ColumnChoice.Parse(columns) }).Read().Single();

        Assert.Equal(new FileInteraction(interaction.Line, "u", "i", When), interaction with { Value = null });
    }

    [Theory]
    [InlineData("who,what,timestamp\nu,i,1700000000\n", "which is the user and which the item? Name them: --columns user=NAME,item=NAME")]
    [InlineData("user,thing,timestamp\nu,i,1700000000\n", "the header is 'user,thing,timestamp'; which is the item? Name it: --columns item=NAME")]
    [InlineData("user,user_id,item,timestamp\nu,u,i,1700000000\n", "the columns 'user' and 'user_id' mean the same; say which counts: --columns user=user")]
    [InlineData("user,item,time,timestamp\nu,i,1700000000,1700000000\n", "the columns 'time' and 'timestamp' mean the same")]
    [InlineData("user_000001\t2009-05-04T23:08:57Z\tf1b1\tDeep Dish\tt1\tMusic\n", "has no header and 6 columns")]
    [InlineData("1,1700000000,1700000001\n", "columns 2 and 3 both hold times")]
    [InlineData("0\t2010-10-19T23:55:27Z\t30.2359091167\t-97.7951395833\t22847\n0\t2010-10-18T22:17:43Z\t30.2691029532\t-97.7493953705\t420315\n", "column 3 holds fractions, so it is no item")]
    [InlineData("0,7,a,1700000000\n1,7,b,1700000001\n2,7,c,1700000002\n3,8,a,1700000003\n4,8,c,1700000004\n5,8,b,1700000005\n6,9,a,1700000006\n7,9,b,1700000007\n8,9,c,1700000008\n9,9,d,1700000009\n", "column 1 numbers the lines, so it is no user")]
    [InlineData("u0,x i0\nu1,x i1\n", "can be divided by ',' or by blanks. Say which: --delimiter")]
    [InlineData("{\"who\":1,\"what\":2}\n", "the objects' fields are 'who', 'what'")]
    [InlineData("hello\nworld\n", "which has only one column")]
    [InlineData("PK\u0003\u0004xxxx", "is a ZIP archive or an Excel workbook; unpack it, or save the sheet as CSV UTF-8")]
    [InlineData("\n \n", "is empty")]
    [InlineData("# only a comment\n", "has no interactions")]
    public void What_is_not_understood_is_refused_with_the_option_that_helps(string text, string message)
    {
        var error = Assert.Throws<UserError>(() => Open(text));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Packed_and_converted_files_are_read_as_what_they_hold()
    {
        const string Text = "user,item,timestamp\nü,i,1700000000\n";
        using (var packed = new GZipStream(File.Create(scratch.File("named.csv")), CompressionLevel.Fastest))
        {
            packed.Write(Encoding.UTF8.GetBytes(Text));
        }

        File.WriteAllText(scratch.File("utf16"), Text, Encoding.Unicode);
        File.WriteAllText(scratch.File("latin1"), Text, Encoding.Latin1);

        Assert.Equal("ü", InteractionFile.Open(scratch.File("named.csv")).Read().Single().UserId);
        Assert.Equal("ü", InteractionFile.Open(scratch.File("utf16")).Read().Single().UserId);
        Assert.Equal("ü", InteractionFile.Open(scratch.File("latin1"), new ReadOptions { Encoding = "latin1" }).Read().Single().UserId);
        Assert.Contains("--encoding latin1", Assert.Throws<UserError>(() => InteractionFile.Open(scratch.File("latin1")).Scan()).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<UserError>(() => InteractionFile.Open(scratch.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stray_quote_costs_its_line_and_no_more()
    {
        var file = Open("user,item,timestamp\nu,TV 42\" wide,1700000000\n\"v,i,1700000001\nw,\"a \"\"b\"\",\nc\",1700000002\n\"x\"y,i,1700000003\nz,i,1700000004\n",
            new ReadOptions { SkipBad = true });

        var read = file.Read().ToArray();

        Assert.Equal(["u TV 42\" wide", "w a \"b\",\nc", "z i"], read.Select(i => $"{i.UserId} {i.ItemId}"));
        Assert.Equal(2, file.Summary!.Refused);
    }

    [Fact]
    public void Tab_separated_text_may_hold_quotes_anywhere()
    {
        var read = Open("user\titem\ttimestamp\nu\t\"Heroes\" live\t1700000000\nu\t7\" single\t1700000001\nu\t\"a\tb\"\t1700000002\n").Read();

        Assert.Equal(["\"Heroes\" live", "7\" single", "a\tb"], read.Select(i => i.ItemId));
    }

    [Fact]
    public void A_header_in_the_middle_is_left_out_and_counted()
    {
        var file = Open("user,item,timestamp\nu,i,1700000000\nuser,item,timestamp\nu,j,1700000001\n");

        Assert.Equal(["i", "j"], file.Read().Select(i => i.ItemId));
        Assert.Equal(1, file.Summary!.RepeatedHeaders);
    }

    InteractionFile Open(string text, ReadOptions? options = null)
    {
        var path = scratch.File("data");
        File.WriteAllText(path, text);
        return InteractionFile.Open(path, options);
    }
}
