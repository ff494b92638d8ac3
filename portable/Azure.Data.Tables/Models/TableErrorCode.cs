namespace Azure.Data.Tables.Models;

/// <summary>The service's error codes, to compare with <see cref="RequestFailedException.ErrorCode"/>.</summary>
/// <param name="value">The code.</param>
public readonly struct TableErrorCode(string value) : IEquatable<TableErrorCode>
{
    readonly string value = value ?? throw new ArgumentNullException(nameof(value));

    /// <summary>403: the identity lacks the role.</summary>
    public static TableErrorCode AuthorizationPermissionMismatch { get; } = new(nameof(AuthorizationPermissionMismatch));

    /// <summary>400: a transaction spans partitions.</summary>
    public static TableErrorCode CommandsInBatchActOnDifferentPartitions { get; } = new(nameof(CommandsInBatchActOnDifferentPartitions));

    /// <summary>409: the key is taken.</summary>
    public static TableErrorCode EntityAlreadyExists { get; } = new(nameof(EntityAlreadyExists));

    /// <summary>404: the entity does not exist.</summary>
    public static TableErrorCode EntityNotFound { get; } = new(nameof(EntityNotFound));

    /// <summary>400: an entity is over 1 MiB.</summary>
    public static TableErrorCode EntityTooLarge { get; } = new(nameof(EntityTooLarge));

    /// <summary>403: not allowed.</summary>
    public static TableErrorCode Forbidden { get; } = new(nameof(Forbidden));

    /// <summary>400: a transaction names an entity twice.</summary>
    public static TableErrorCode InvalidDuplicateRow { get; } = new(nameof(InvalidDuplicateRow));

    /// <summary>400: the request is malformed.</summary>
    public static TableErrorCode InvalidInput { get; } = new(nameof(InvalidInput));

    /// <summary>400: a key is over 1,024 characters.</summary>
    public static TableErrorCode KeyValueTooLarge { get; } = new(nameof(KeyValueTooLarge));

    /// <summary>500: the service gave up; safe to try again.</summary>
    public static TableErrorCode OperationTimedOut { get; } = new(nameof(OperationTimedOut));

    /// <summary>400: a value, often a key, is out of range.</summary>
    public static TableErrorCode OutOfRangeInput { get; } = new(nameof(OutOfRangeInput));

    /// <summary>400: a property's name is not an identifier.</summary>
    public static TableErrorCode PropertyNameInvalid { get; } = new(nameof(PropertyNameInvalid));

    /// <summary>400: a value is over 64 KiB.</summary>
    public static TableErrorCode PropertyValueTooLarge { get; } = new(nameof(PropertyValueTooLarge));

    /// <summary>404: the entity or table does not exist.</summary>
    public static TableErrorCode ResourceNotFound { get; } = new(nameof(ResourceNotFound));

    /// <summary>409: the table exists.</summary>
    public static TableErrorCode TableAlreadyExists { get; } = new(nameof(TableAlreadyExists));

    /// <summary>409: the table is still being deleted.</summary>
    public static TableErrorCode TableBeingDeleted { get; } = new(nameof(TableBeingDeleted));

    /// <summary>404: the table does not exist.</summary>
    public static TableErrorCode TableNotFound { get; } = new(nameof(TableNotFound));

    /// <summary>400: an entity has over 252 properties of its own.</summary>
    public static TableErrorCode TooManyProperties { get; } = new(nameof(TooManyProperties));

    /// <summary>412: the stored version is another.</summary>
    public static TableErrorCode UpdateConditionNotSatisfied { get; } = new(nameof(UpdateConditionNotSatisfied));

    /// <summary>A code that has no name here.</summary>
    /// <exception cref="ArgumentNullException">There is no code, as when the failure never reached the service.</exception>
    public static implicit operator TableErrorCode(string value) => new(value);

    /// <summary>Whether two codes are the same, whatever their case.</summary>
    public static bool operator ==(TableErrorCode left, TableErrorCode right) => left.Equals(right);

    /// <summary>Whether two codes differ.</summary>
    public static bool operator !=(TableErrorCode left, TableErrorCode right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(TableErrorCode other) => string.Equals(value, other.value, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TableErrorCode other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => value is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(value);

    /// <inheritdoc/>
    public override string ToString() => value;
}
