using SasRec.Functions.Tests;

[assembly: AssemblyFixture(typeof(SharedApp))]
