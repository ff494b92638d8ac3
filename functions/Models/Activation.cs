using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SasRec.Functions.Http;

namespace SasRec.Functions.Models;

/// <summary>Why a version is put into a slot, who decides it, and whether the gate's refusal is overridden.</summary>
sealed record Activation(string Reason, string By, bool Override)
{
    const int MaxBodyBytes = 16 * 1024;
    const int Why = 0, Who = 1, Against = 2;

    static readonly ObjectFields Fields = new(1, "reason", "by", "override");

    public static async Task<Activation> ReadAsync(HttpRequest request, RequestErrors errors, CancellationToken cancellation)
    {
        using var body = await RequestBody.ReadAsync(request, MaxBodyBytes, errors, cancellation);
        var activation = Read(body.Bytes, errors);
        return activation with { By = Caller.Of(request, activation.By) };
    }

    static Activation Read(ReadOnlySpan<byte> body, RequestErrors errors)
    {
        var activation = new Activation("", "http", Override: false);
        StrictJson.Parse(body, errors, (ref Utf8JsonReader reader) =>
        {
            if (!Fields.Enter(ref reader, "body", errors))
            {
                return;
            }

            var seen = 0u;
            for (int field; (field = Fields.Next(ref reader, ref seen, default, errors)) >= 0;)
            {
                var name = Fields[field];
                activation = field switch
                {
                    Why => activation with { Reason = JsonFields.Id(ref reader, name, default, errors) ?? "" },
                    Who => activation with { By = JsonFields.Label(ref reader, name, default, errors) ?? "" },
                    _ => activation with { Override = JsonFields.Boolean(ref reader, name, default, errors) ?? false },
                };
            }

            if (Fields.Missing(Why, seen))
            {
                errors.Add(Fields[Why], null, JsonFields.IdRange);
            }
        });
        return activation;
    }
}
