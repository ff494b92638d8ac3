namespace SasRec.Core.Model;

/// <summary>Where dropout acts.</summary>
public enum DropoutSite
{
    /// <summary>On the sum of item and position embedding: row = position, column = feature.</summary>
    Embedding,

    /// <summary>On the attention weights: row = head x length + query position, column = key position.</summary>
    Attention,

    /// <summary>After the inner layer of the feed-forward network.</summary>
    FeedInner,

    /// <summary>After its outer layer.</summary>
    FeedOuter,
}

/// <summary>What dropout multiplies a value by: 0, or 1 / (1 - rate).</summary>
/// <param name="site">Where.</param>
/// <param name="block">In which block; 0 for the embedding.</param>
/// <param name="row">The row within one sequence.</param>
/// <param name="column">The column.</param>
public delegate double DropoutFactor(DropoutSite site, int block, int row, int column);
