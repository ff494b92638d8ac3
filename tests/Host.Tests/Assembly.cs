using SasRec.Host.Tests;

[assembly: AssemblyFixture(typeof(HostedApp))]
[assembly: AssemblyFixture(typeof(StorageEmulator))]
