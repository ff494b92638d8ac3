using SasRec.Testing;

[assembly: AssemblyFixture(typeof(StorageEmulator))]
