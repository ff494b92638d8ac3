using SasRec.Core.Contracts;

namespace SasRec.Trainer.Console;

/// <summary>A failure whose message alone tells the user what is wrong and what to do; shown without a stack trace.</summary>
sealed class UserError : Exception
{
    /// <summary>An error.</summary>
    /// <param name="message">One line: what was found, what is allowed, what to do.</param>
    /// <param name="inner">What caused it, shown with --verbose.</param>
    public UserError(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>What the process ends with.</summary>
    public ExitCode Code { get; init; } = ExitCode.Failure;

    /// <summary>An error in a line of a file.</summary>
    /// <param name="line">The line, 1 for the first.</param>
    /// <param name="what">What was found and what is allowed.</param>
    /// <param name="inner">What caused it.</param>
    public static UserError AtLine(long line, string what, Exception? inner = null) => new($"Line {line}: {what}.", inner);
}
