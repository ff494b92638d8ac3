using Azure.Core;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

public partial class TableClient
{
    /// <summary>Does all the actions or none.</summary>
    /// <param name="transactionActions">1 to 100 actions on distinct entities of one partition, under 4 MiB together.</param>
    /// <param name="cancellationToken">Ends the wait; whether the transaction took place is then not known.</param>
    /// <returns>A response for each action, in their order.</returns>
    /// <exception cref="InvalidOperationException">There are no actions.</exception>
    /// <exception cref="TableTransactionFailedException">An action failed; the exception has its index.</exception>
    /// <exception cref="RequestFailedException">The service refused the transaction as a whole.</exception>
    public async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transactionActions);
        var actions = transactionActions as IReadOnlyCollection<TableTransactionAction> ?? [.. transactionActions];
        if (actions.Count == 0)
        {
            throw new InvalidOperationException("A transaction needs at least one action.");
        }

        var body = new TransactionBody();
        using var message = pipeline.Request(RequestMethod.Post, "$batch");
        var response = await pipeline.SendAsync(message, body.Write(Address, actions), body.ContentType, cancellationToken);
        var parts = TransactionReply.Parse(response.Content.ToMemory());
        return parts.FirstOrDefault(p => p.IsError) is { } failed
            ? throw new TableTransactionFailedException(new RequestFailedException(failed, null, TableErrorParser.Instance))
            : Response.FromValue<IReadOnlyList<Response>>(parts, response);
    }
}
