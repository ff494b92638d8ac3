#pragma warning disable IDE0130, CA1822 // A circle of three namespaces, planted for a test: in a signature, in a body and as a base.
namespace SasRec.Architecture.Tests.Planted.One
{
    class First
    {
        public Two.Second? Next => null;
    }
}

namespace SasRec.Architecture.Tests.Planted.Two
{
    sealed class Second
    {
        public static string Name() => new Three.Third().ToString()!;
    }
}

namespace SasRec.Architecture.Tests.Planted.Three
{
    sealed class Third : One.First;
}
