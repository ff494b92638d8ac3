namespace SasRec.Core.Model;

/// <summary>The names of the tensors of a network, in files and in every implementation.</summary>
public static class TensorNames
{
    /// <summary>[V, D]: the item embeddings.</summary>
    public const string ItemEmbedding = "item_embedding";

    /// <summary>[T, D]: the position embeddings; row 0 is the newest position.</summary>
    public const string PositionEmbedding = "position_embedding";

    /// <summary>[V]: what is added to each item's score; not in every file.</summary>
    public const string ItemBias = "item_bias";

    /// <summary>The layer norm after the last block.</summary>
    public const string FinalNorm = "final_norm";

    /// <summary>The tensors of one block.</summary>
    /// <param name="index">The block, 0 for the first.</param>
    public static BlockTensors Block(int index) => new($"blocks.{index}.");

    /// <summary>[in, out]: the matrix of a dense layer.</summary>
    /// <param name="layer">The layer.</param>
    public static string Weight(string layer) => layer + ".weight";

    /// <summary>[out]: the bias of a dense layer.</summary>
    /// <param name="layer">The layer.</param>
    public static string Bias(string layer) => layer + ".bias";

    /// <summary>[D]: the scale of a layer norm.</summary>
    /// <param name="norm">The layer norm.</param>
    public static string Scale(string norm) => norm + ".scale";

    /// <summary>[D]: the shift of a layer norm.</summary>
    /// <param name="norm">The layer norm.</param>
    public static string Shift(string norm) => norm + ".shift";
}

/// <summary>The layers of one block, by name: norms have a scale and a shift, dense layers a weight and a bias.</summary>
/// <param name="Prefix">What stands before the names, "blocks.0.".</param>
public readonly record struct BlockTensors(string Prefix)
{
    /// <summary>The layer norm before the attention, of the queries alone.</summary>
    public string AttentionNorm => Prefix + "attention_norm";

    /// <summary>The dense layer of the queries.</summary>
    public string Query => Prefix + "query";

    /// <summary>The dense layer of the keys.</summary>
    public string Key => Prefix + "key";

    /// <summary>The dense layer of the values.</summary>
    public string Value => Prefix + "value";

    /// <summary>The layer norm before the feed-forward layers.</summary>
    public string FeedNorm => Prefix + "feed_norm";

    /// <summary>The first feed-forward layer.</summary>
    public string FeedInner => Prefix + "feed_inner";

    /// <summary>The second feed-forward layer.</summary>
    public string FeedOuter => Prefix + "feed_outer";
}
