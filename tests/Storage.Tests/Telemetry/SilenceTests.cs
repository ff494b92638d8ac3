using System.Diagnostics;
using SasRec.Storage.Telemetry;

namespace SasRec.Storage.Tests.Telemetry;

/// <summary>What telemetry costs the path of a request where nobody listens, as nobody does in this process.</summary>
public class SilenceTests
{
    [Fact]
    public void Nothing_is_allocated_and_no_span_is_made()
    {
        Tell(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Tell(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Null(Activity.Current);
        Assert.Null(TraceLink.Current);
    }

    static void Tell(int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var recommend = Instruments.Source.StartActivity(Spans.Recommend);
            using var read = TableSpans.Start(Spans.Read, Names.InteractionsTable);
            using var send = Instruments.Source.StartActivity(Spans.Send, ActivityKind.Producer).OnQueue(Names.ImpressionsQueue, "send", 1);
            MessageSpan.Sent(Names.ImpressionsQueue, 1);
            Instruments.SlatesServed.Add(1, new KeyValuePair<string, object?>(Attributes.Recommender, "sasrec"));
        }
    }
}
