using SasRec.Functions.Tests;

[assembly: AssemblyFixture(typeof(SharedStorage))]
[assembly: AssemblyFixture(typeof(SharedApp))]
