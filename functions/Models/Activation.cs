using System.Text.Json;
using SasRec.Functions.Http;

namespace SasRec.Functions.Models;

/// <summary>Why a version shall serve, and who says so.</summary>
sealed record Activation(string Reason, string By)
{
    const int Why = 0, Who = 1;

    static readonly ObjectFields Fields = new(1, "reason", "by");

    public static Activation Read(ReadOnlySpan<byte> body, RequestErrors errors)
    {
        var activation = new Activation("", "http");
        StrictJson.Parse(body, errors, (ref Utf8JsonReader reader) =>
        {
            if (!Fields.Enter(ref reader, "body", errors))
            {
                return;
            }

            var seen = 0u;
            for (int field; (field = Fields.Next(ref reader, ref seen, default, errors)) >= 0;)
            {
                activation = field == Why
                    ? activation with { Reason = JsonFields.Id(ref reader, Fields[Why], default, errors) ?? "" }
                    : activation with { By = JsonFields.Label(ref reader, Fields[Who], default, errors) ?? "" };
            }

            if (Fields.Missing(Why, seen))
            {
                errors.Add(Fields[Why], null, JsonFields.IdRange);
            }
        });
        return activation;
    }
}
