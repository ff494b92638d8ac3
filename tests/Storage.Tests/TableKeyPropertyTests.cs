using FsCheck.Xunit;

namespace SasRec.Storage.Tests;

[Properties(Arbitrary = [typeof(AnyTexts)], MaxTest = 2_000)]
public class TableKeyPropertyTests
{
    [Property]
    public void A_key_has_nothing_that_tables_forbid_and_is_no_longer_than_they_take(AnyText id)
    {
        var key = TableKey.Encode(id.Value);

        Assert.InRange(key.Length, 1, TableKey.MaxLength);
        Assert.All(key, c => Assert.True(char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '~', $"'{key}' has U+{(int)c:x4}"));
    }

    [Property]
    public void An_id_comes_back_from_its_key_unless_the_key_is_its_hash(AnyText id)
    {
        var key = TableKey.Encode(id.Value);

        Assert.Equal(key.StartsWith("~~", StringComparison.Ordinal) ? null : id.Value, TableKey.Decode(key));
    }

    [Property]
    public void Two_ids_never_have_the_same_key(AnyText one, AnyText other) =>
        Assert.Equal(one.Value == other.Value, TableKey.Encode(one.Value) == TableKey.Encode(other.Value));

    [Property]
    public void The_key_of_an_id_is_no_key_of_the_id_that_looks_like_it(AnyText id)
    {
        var key = TableKey.Encode(id.Value);

        Assert.Equal(key == id.Value, TableKey.Encode(key) == key);
    }
}
