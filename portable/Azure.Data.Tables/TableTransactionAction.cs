namespace Azure.Data.Tables;

/// <summary>One write of a transaction.</summary>
public class TableTransactionAction
{
    /// <summary>A write that holds whatever version is stored.</summary>
    /// <param name="actionType">What to do with the entity.</param>
    /// <param name="entity">The entity; a delete uses its keys alone.</param>
    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity) : this(actionType, entity, default)
    {
    }

    /// <summary>A write that holds only if the stored entity has a certain version.</summary>
    /// <param name="actionType">What to do with the entity.</param>
    /// <param name="entity">The entity; a delete uses its keys alone.</param>
    /// <param name="etag">The version that must be stored, for updates and deletes; <c>default</c> asks for none.</param>
    public TableTransactionAction(TableTransactionActionType actionType, ITableEntity entity, ETag etag = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(entity.PartitionKey, nameof(entity));
        ArgumentNullException.ThrowIfNull(entity.RowKey, nameof(entity));
        (ActionType, Entity, ETag) = (actionType, entity, etag);
    }

    /// <summary>What to do with the entity.</summary>
    public TableTransactionActionType ActionType { get; }

    /// <summary>The entity.</summary>
    public ITableEntity Entity { get; }

    /// <summary>The version that must be stored; <c>default</c> for any.</summary>
    public ETag ETag { get; }
}

/// <summary>The kinds of write that a transaction may hold.</summary>
public enum TableTransactionActionType
{
    /// <summary>Insert; fails if the key is taken.</summary>
    Add = 0,

    /// <summary>Change the named properties of an entity that exists.</summary>
    UpdateMerge = 1,

    /// <summary>Replace an entity that exists.</summary>
    UpdateReplace = 2,

    /// <summary>Delete; fails if the entity does not exist.</summary>
    Delete = 3,

    /// <summary>Insert, or change the named properties.</summary>
    UpsertMerge = 4,

    /// <summary>Insert, or replace.</summary>
    UpsertReplace = 5,
}
