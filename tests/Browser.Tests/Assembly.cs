using SasRec.Browser.Tests;

[assembly: AssemblyFixture(typeof(SharedStorage))]
[assembly: AssemblyFixture(typeof(Shop))]
[assembly: AssemblyFixture(typeof(Chromium))]
