using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Explore;

public sealed class ItemSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void Sets_meet_join_and_part_as_the_items_do(int capacity)
    {
        bool Left(int item) => item % 3 == 0;
        bool Right(int item) => item % 2 == 0;
        AssertEach(set => set.IntersectWith(Of(capacity, Right)), item => Left(item) && Right(item));
        AssertEach(set => set.UnionWith(Of(capacity, Right)), item => Left(item) || Right(item));
        AssertEach(set => set.ExceptWith(Of(capacity, Right)), item => Left(item) && !Right(item));

        void AssertEach(Action<ItemSet> change, Func<int, bool> expected)
        {
            var set = Of(capacity, Left);
            var before = set.Copy();
            change(set);
            Assert.All(Enumerable.Range(0, capacity), item => Assert.Equal(expected(item), set.Contains(item)));
            Assert.Equal(Enumerable.Range(0, capacity).Count(expected), set.Count);
            Assert.All(Enumerable.Range(0, capacity), item => Assert.Equal(Left(item), before.Contains(item)));
        }
    }

    [Fact]
    public void Sets_over_different_catalogues_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => ItemSet.All(5).IntersectWith(ItemSet.All(6)));
        Assert.Contains("over 5 and 6 items", error.Message, StringComparison.Ordinal);
    }

    static ItemSet Of(int capacity, Func<int, bool> member) => ItemSet.Of(capacity, [.. Enumerable.Range(0, capacity).Where(member)]);
}
