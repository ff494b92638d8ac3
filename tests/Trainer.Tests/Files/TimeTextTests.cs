using System.Text;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Tests.Files;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("2024-02-29T12:30:00Z", "2024-02-29T12:30:00+00:00")]
    [InlineData("2024-02-29T12:30:00.250+02:00", "2024-02-29T10:30:00.250+00:00")]
    [InlineData("2024-02-29 12:30", "2024-02-29T12:30:00+00:00")]
    [InlineData("2024-02-29", "2024-02-29T00:00:00+00:00")]
    [InlineData("2023-11-15 17:42:48 UTC", "2023-11-15T17:42:48+00:00")]
    [InlineData("2023/11/14 22:13:20", "2023-11-14T22:13:20+00:00")]
    [InlineData("2023/1/4", "2023-01-04T00:00:00+00:00")]
    [InlineData("2023-11-14 22:13:20.123456+00", "2023-11-14T22:13:20.123+00:00")]
    [InlineData("2023-11-14T22:13:20.123456789Z", "2023-11-14T22:13:20.123+00:00")]
    [InlineData("2023-11-14T22:13:20+0200", "2023-11-14T20:13:20+00:00")]
    [InlineData("2023-11-14T22:13:20-0730", "2023-11-15T05:43:20+00:00")]
    [InlineData("2023-11-14 22:13:20,123", "2023-11-14T22:13:20.123+00:00")]
    [InlineData("2023-11-14T22:13:20+01:00[Europe/Berlin]", "2023-11-14T21:13:20+00:00")]
    [InlineData("2023-11-14T22:13:20Z[Etc/UTC]", "2023-11-14T22:13:20+00:00")]
    [InlineData("20231114T221320Z", "2023-11-14T22:13:20+00:00")]
    [InlineData("Tue, 14 Nov 2023 22:13:20 GMT", "2023-11-14T22:13:20+00:00")]
    [InlineData("Tue Apr 03 18:00:09 +0000 2012", "2012-04-03T18:00:09+00:00")]
    [InlineData("Nov 14, 2023", "2023-11-14T00:00:00+00:00")]
    [InlineData("20260115", "2026-01-15T00:00:00+00:00")]
    [InlineData("20260115123000", "2026-01-15T12:30:00+00:00")]
    [InlineData("202601151230", "2026-01-15T12:30:00+00:00")]
    [InlineData("20260115123000250", "2026-01-15T12:30:00.250+00:00")]
    [InlineData("1709209800", "2024-02-29T12:30:00+00:00")]
    [InlineData("1709209800.25", "2024-02-29T12:30:00.250+00:00")]
    [InlineData("1709209800250", "2024-02-29T12:30:00.250+00:00")]
    [InlineData("1709209800250.0", "2024-02-29T12:30:00.250+00:00")]
    [InlineData("1709209800250000", "2024-02-29T12:30:00.250+00:00")]
    [InlineData("1709209800250000000", "2024-02-29T12:30:00.250+00:00")]
    [InlineData("874724710", "1997-09-20T03:05:10+00:00")]
    [InlineData("946684800000", "2000-01-01T00:00:00+00:00")]
    [InlineData("0", "1970-01-01T00:00:00+00:00")]
    public void Usual_spellings_are_read(string text, string expected)
    {
        Assert.Null(TimeText.Parse(Encoding.UTF8.GetBytes(text), out var time, out _));
        Assert.Equal(DateTimeOffset.Parse(expected, null).ToUnixTimeMilliseconds(), time);
    }

    [Theory]
    [InlineData("14.11.2023 22:13:20", "has the day or the month first")]
    [InlineData("11/14/2023 22:13", "has the day or the month first")]
    [InlineData("1/2/2023", "has the day or the month first")]
    [InlineData("14-11-2023", "has the day or the month first")]
    [InlineData("45244.9", "looks like the serial number of a spreadsheet's date")]
    [InlineData("45244", "looks like the serial number of a spreadsheet's date")]
    [InlineData("1.70E+12", "is a number in short form that has lost digits")]
    [InlineData("-1700000000", "lies before 1970")]
    [InlineData("2023-11-14T22:13:20[Europe/Berlin]", "names a time zone without its offset")]
    [InlineData("2023-W46-2", "must be a Unix time")]
    [InlineData("2023-02-30", "must be a Unix time")]
    [InlineData("2023-11-14 25:00:00", "must be a Unix time")]
    [InlineData("2023-11-14 22:13:60", "must be a Unix time")]
    [InlineData("2023-11-14 22:13:20 CET", "must be a Unix time")]
    [InlineData("2023-11-14-22", "must be a Unix time")]
    [InlineData("soon", "must be a Unix time")]
    [InlineData("", "must be a Unix time")]
    [InlineData("NULL", "must be a Unix time")]
    [InlineData("99999999999999999999", "must be a Unix time")]
    [InlineData("NaN", "must be a Unix time")]
    public void What_could_be_read_in_two_ways_or_is_no_time_is_refused(string text, string reason)
    {
        Assert.StartsWith(reason, TimeText.Parse(Encoding.UTF8.GetBytes(text), out _, out _), StringComparison.Ordinal);
    }
}
