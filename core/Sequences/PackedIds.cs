using System.Collections;
using System.Text;

namespace SasRec.Core.Sequences;

/// <summary>Many ids in little memory: UTF-8 without an object for each. A string is made when an id is asked for.</summary>
sealed class PackedIds : IReadOnlyList<string>
{
    const int BlockIds = 1024;

    readonly byte[][] blocks;
    readonly int[] ends; // [ids]: where each ends in its block.

    /// <summary>Packs ids.</summary>
    /// <param name="ids">The ids: well-formed Unicode.</param>
    public PackedIds(string[] ids)
    {
        (blocks, ends) = (new byte[(ids.Length + BlockIds - 1) / BlockIds][], new int[ids.Length]);
        for (var block = 0; block < blocks.Length; block++)
        {
            var (first, end) = (block * BlockIds, Math.Min(ids.Length, (block + 1) * BlockIds));
            var written = 0;
            for (var index = first; index < end; index++)
            {
                ends[index] = written += Encoding.UTF8.GetByteCount(ids[index]);
            }

            blocks[block] = new byte[written];
            for (var index = first; index < end; index++)
            {
                Encoding.UTF8.GetBytes(ids[index], blocks[block].AsSpan(StartOf(index)));
            }
        }
    }

    /// <inheritdoc/>
    public int Count => ends.Length;

    /// <inheritdoc/>
    public string this[int index] => Encoding.UTF8.GetString(blocks[index / BlockIds].AsSpan(StartOf(index)..ends[index]));

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    int StartOf(int index) => index % BlockIds == 0 ? 0 : ends[index - 1];
}
