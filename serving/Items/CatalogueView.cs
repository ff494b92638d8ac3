using SasRec.Core.Content;
using SasRec.Core.Sequences;

namespace SasRec.Serving.Items;

/// <summary>The catalogue beside the items of one model. Whoever made it keeps it up to date.</summary>
sealed class CatalogueView(ItemVocabulary items, ContentMap? content)
{
    volatile ItemIndex? index;

    /// <summary>The newest index; null where the catalogue has not been read yet.</summary>
    public ItemIndex? Index => index;

    /// <summary>Builds the index of a catalogue, which takes time in proportion to it.</summary>
    public void Follow(Catalogue catalogue, DateTimeOffset now) => index = new ItemIndex(items, catalogue, now, content, index);
}
