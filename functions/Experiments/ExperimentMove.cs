using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SasRec.Functions.Http;

namespace SasRec.Functions.Experiments;

/// <summary>Why an experiment starts, stops or is shipped, who decides it, and what is shipped.</summary>
/// <param name="Reason">Why.</param>
/// <param name="By">Who.</param>
/// <param name="Arm">The arm that is shipped; null for another move.</param>
/// <param name="Override">Whether a model that the gate refused is shipped all the same.</param>
sealed record ExperimentMove(string Reason, string By, string? Arm, bool Override)
{
    const int MaxBodyBytes = 16 * 1024;
    const int Why = 0, Who = 1, Which = 2, Against = 3;

    static readonly ObjectFields Plain = new(1, "reason", "by");
    static readonly ObjectFields Shipping = new(1, "reason", "by", "arm", "override");

    /// <summary>Reads a body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ships">Whether an arm is shipped.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="RefusedException">The body is wrong.</exception>
    public static async Task<ExperimentMove> ReadAsync(HttpRequest request, bool ships, CancellationToken cancellation)
    {
        var errors = new RequestErrors();
        using var body = await RequestBody.ReadAsync(request, MaxBodyBytes, errors, cancellation);
        var move = Read(body.Bytes, ships ? Shipping : Plain, errors);
        if (ships && move.Arm is null && !errors.Any)
        {
            errors.Add(Shipping[Which], null, JsonFields.LabelRange);
        }

        errors.Refuse();
        return move;
    }

    static ExperimentMove Read(ReadOnlySpan<byte> body, ObjectFields fields, RequestErrors errors)
    {
        var move = new ExperimentMove("", "http", null, Override: false);
        StrictJson.Parse(body, errors, (ref Utf8JsonReader reader) =>
        {
            if (!fields.Enter(ref reader, "body", errors))
            {
                return;
            }

            var seen = 0u;
            for (int field; (field = fields.Next(ref reader, ref seen, default, errors)) >= 0;)
            {
                var name = fields[field];
                move = field switch
                {
                    Why => move with { Reason = JsonFields.Id(ref reader, name, default, errors) ?? "" },
                    Who => move with { By = JsonFields.Label(ref reader, name, default, errors) ?? "" },
                    Which => move with { Arm = JsonFields.Label(ref reader, name, default, errors) },
                    _ => move with { Override = JsonFields.Boolean(ref reader, name, default, errors) ?? false },
                };
            }

            if (fields.Missing(Why, seen))
            {
                errors.Add(fields[Why], null, JsonFields.IdRange);
            }
        });
        return move;
    }
}
