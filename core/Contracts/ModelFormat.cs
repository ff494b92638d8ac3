namespace SasRec.Core.Contracts;

/// <summary>The inputs and outputs of an exported network (ONNX), as the trainer writes and the functions app reads them.</summary>
/// <remarks>
/// Input <see cref="Items"/>: int64 [batch, time], a token for each item of a history, oldest first, padded on the left with
/// <see cref="Padding"/>; time is 1 to MaxLength. Outputs: <see cref="Scores"/>, float [batch, V], the logits after the newest item;
/// <see cref="State"/>, float [batch, D], of which a logit is the dot product with an item's embedding, without the item's bias;
/// <see cref="ItemEmbeddings"/>, float [V, D]. A large catalogue has its item table apart, in 8 bits: its encoder has a second input,
/// <see cref="Embeddings"/>, float [batch, time, D], and <see cref="State"/> alone comes out.
/// </remarks>
public static class ModelFormat
{
    /// <summary>The input: the tokens of the histories.</summary>
    public const string Items = "items";

    /// <summary>The input of an encoder beside the tokens: the embedding of each; anything finite where it is padding.</summary>
    public const string Embeddings = "embeddings";

    /// <summary>The output: a logit for each item.</summary>
    public const string Scores = "scores";

    /// <summary>The output: what the network makes of each history; files of earlier releases lack it.</summary>
    public const string State = "state";

    /// <summary>The output: the item embeddings.</summary>
    public const string ItemEmbeddings = "item_embeddings";

    /// <summary>The token that stands for no item, left of a history that is shorter than the others of its batch.</summary>
    public const long Padding = 0;

    /// <summary>The token of an item.</summary>
    /// <param name="item">The item's index in the vocabulary, 0 to V - 1.</param>
    public static long Token(int item) => item + 1L;

    /// <summary>The item of a token; -1 for <see cref="Padding"/>.</summary>
    /// <param name="token">0 to V.</param>
    public static int Item(long token) => (int)(token - 1);
}
