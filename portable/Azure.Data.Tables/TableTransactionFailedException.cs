using System.Globalization;

namespace Azure.Data.Tables;

/// <summary>A transaction was refused; none of its writes took place.</summary>
public class TableTransactionFailedException : RequestFailedException
{
    /// <summary>Wraps the failure of the member that the service named.</summary>
    /// <param name="requestFailedException">That failure; its message begins with the member's index and a colon.</param>
    public TableTransactionFailedException(RequestFailedException requestFailedException)
        : base(
            (requestFailedException ?? throw new ArgumentNullException(nameof(requestFailedException))).Status,
            requestFailedException.Message, requestFailedException.ErrorCode, requestFailedException.InnerException)
    {
        var message = requestFailedException.Message;
        var colon = Math.Max(0, message.IndexOf(':', StringComparison.Ordinal));
        FailedTransactionActionIndex =
            int.TryParse(message.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
    }

    /// <summary>The index, among the actions submitted, of the one that failed; null if the service did not say.</summary>
    public int? FailedTransactionActionIndex { get; }
}
