namespace SasRec.Storage;

/// <summary>Every name that storage knows: tables, columns, queues, containers and blobs.</summary>
public static class Names
{
    /// <summary>The setting that opens the storage account; what the Functions host itself uses.</summary>
    public const string Connection = "AzureWebJobsStorage";

    /// <summary>Table: partition = user, row = inverted event time and event.</summary>
    public const string InteractionsTable = "Interactions";

    /// <summary>Table: what was appended, in the order of its acceptance.</summary>
    public const string FeedTable = "InteractionFeed";

    /// <summary>Table: the slates that were served, by recommendation id, each followed by what named it.</summary>
    public const string ImpressionsTable = "Impressions";

    /// <summary>Table: the slates that each user was shown, by a hash of the user, so that a deletion finds them.</summary>
    public const string UserImpressionsTable = "UserImpressions";

    /// <summary>Table: tombstones of deleted users, and how far each deletion has come.</summary>
    public const string DeletionsTable = "Deletions";

    /// <summary>Table: the catalogue, partition = shard, row = item.</summary>
    public const string ItemsTable = "Items";

    /// <summary>Table: what changed in the catalogue of late, by the time of the change.</summary>
    public const string ItemChangesTable = "ItemChanges";

    /// <summary>Queue: interactions on their way to the log.</summary>
    public const string InteractionsQueue = "interactions";

    /// <summary>Queue: impressions on their way to the log.</summary>
    public const string ImpressionsQueue = "impressions";

    /// <summary>What follows a queue's name in the name of the queue that keeps its failed messages.</summary>
    public const string PoisonSuffix = "-poison";

    /// <summary>Container: published models and the pointer to the one that serves.</summary>
    public const string ModelsContainer = "models";

    /// <summary>Container: the training snapshot, the records of runs, and leases.</summary>
    public const string TrainingContainer = "training";

    /// <summary>Every table.</summary>
    public static IReadOnlyList<string> Tables { get; } =
    [
        InteractionsTable, FeedTable, ImpressionsTable, UserImpressionsTable, DeletionsTable, ItemsTable, ItemChangesTable,
    ];

    /// <summary>Every queue, those of failed messages too.</summary>
    public static IReadOnlyList<string> Queues { get; } =
    [
        InteractionsQueue, InteractionsQueue + PoisonSuffix, ImpressionsQueue, ImpressionsQueue + PoisonSuffix,
    ];

    /// <summary>Every container.</summary>
    public static IReadOnlyList<string> Containers { get; } = [ModelsContainer, TrainingContainer];

    /// <summary>The lease that one retrain run at a time holds (<see cref="Training.SingleFlight"/>).</summary>
    public const string RetrainLease = "retrain";

    /// <summary>The lease that one worker on deletions at a time holds.</summary>
    public const string DeletionLease = "deletions";

    /// <summary>Blobs of the container <see cref="ModelsContainer"/>.</summary>
    public static class ModelBlobs
    {
        /// <summary>The pointer to the model that serves, with the history of its moves.</summary>
        public const string Current = "current.json";

        /// <summary>What a version is: written last, so that a version with a manifest is complete.</summary>
        public const string Manifest = "manifest.json";

        /// <summary>Who let a version serve that the gate had refused; beside the manifest, which is never written twice.</summary>
        public const string Override = "override.json";

        /// <summary>The pointer to the model that scores live traffic without showing anything.</summary>
        public const string Shadow = "shadow.json";

        /// <summary>The rules of every placement.</summary>
        public const string Rules = "rules.json";

        /// <summary>The experiments.</summary>
        public const string Experiments = "experiments.json";

        /// <summary>The network for ONNX Runtime.</summary>
        public const string Network = "model.onnx";

        /// <summary>The network without its item table, for a large catalogue; missing for others.</summary>
        public const string Encoder = "encoder.onnx";

        /// <summary>The item table of a large catalogue in 8 bits; beside <see cref="Encoder"/>.</summary>
        public const string ItemTable = "items.bin";

        /// <summary>The items that the model knows, with their counts.</summary>
        public const string Items = "items.json";

        /// <summary>The counts of item pairs that are added to the network's scores; missing where they add nothing.</summary>
        public const string Neighbours = "neighbours.bin";

        /// <summary>The map from what the catalogue says of an item to its embedding; missing where none was learned.</summary>
        public const string Content = "content.bin";

        /// <summary>What users take of what they are served; missing where too little is known of it.</summary>
        public const string Response = "response.json";

        /// <summary>The weights, to train on from.</summary>
        public const string Weights = "weights.safetensors";

        /// <summary>The weights of the strict training, which chooses the epoch: the next one may go on from them.</summary>
        public const string StrictWeights = "strict.safetensors";
    }

    /// <summary>Blobs of the container <see cref="TrainingContainer"/>.</summary>
    public static class TrainingBlobs
    {
        /// <summary>The list of segments and the feed position that they reach.</summary>
        public const string Snapshot = "snapshot.json";

        /// <summary>The folder of segments.</summary>
        public const string Segments = "segments/";

        /// <summary>The folder of run records.</summary>
        public const string Runs = "runs/";

        /// <summary>The folder of what the ledger of slates said after each run.</summary>
        public const string Insights = "insights/";

        /// <summary>A few figures of each of these reports.</summary>
        public const string InsightsHistory = "insights/history.json";

        /// <summary>The folder of leases.</summary>
        public const string Leases = "leases/";
    }

    internal static class Columns
    {
        public const string Event = "Event";
        public const string Item = "Item";
        public const string Type = "Type";
        public const string Source = "Source";
        public const string Assigned = "Assigned";
        public const string Accepted = "Accepted";
        public const string Recommendation = "Recommendation";
        public const string Value = "Value";
        public const string Row = "Row";
        public const string User = "User";
        public const string UserHash = "UserHash";
        public const string Bucket = "Bucket";
        public const string Deleted = "Deleted";
        public const string Data = "Data";
        public const string Count = "Count";
        public const string At = "At";
    }
}
