using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace SasRec.Architecture.Tests;

/// <summary>One type uses another.</summary>
/// <param name="FromFolder">The namespace of the first, which is its folder.</param>
/// <param name="FromType">Its name; that of the outermost type.</param>
/// <param name="ToFolder">The namespace of the second.</param>
/// <param name="ToType">Its name.</param>
readonly record struct TypeTie(string FromFolder, string FromType, string ToFolder, string ToType);

/// <summary>Reads from an assembly's metadata and IL which of its types use which.</summary>
/// <remarks>Bases, interfaces, constraints, attributes, signatures, locals and every token of a method body. Constants leave no trace: the
/// compiler writes their value.</remarks>
static class TypeTies
{
    /// <summary>The ties within an assembly. Types without a namespace, such as Program, belong to the root, the assembly's name.</summary>
    /// <param name="path">The assembly.</param>
    public static IEnumerable<TypeTie> Of(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        var root = reader.GetString(reader.GetAssemblyDefinition().Name);
        var ties = new HashSet<TypeTie>();
        foreach (var handle in reader.TypeDefinitions)
        {
            var (folder, type) = NameOf(reader, handle, root);
            foreach (var used in new UsedTypes(file, reader).Of(handle))
            {
                var (usedFolder, usedType) = NameOf(reader, used, root);

                // What the compiler adds belongs to no folder.
                if (!type.StartsWith('<') && !usedType.StartsWith('<') && usedFolder.StartsWith("SasRec", StringComparison.Ordinal))
                {
                    ties.Add(new TypeTie(folder, type, usedFolder, usedType));
                }
            }
        }

        return ties;
    }

    /// <summary>The assemblies that an assembly refers to, as ties between assemblies.</summary>
    /// <param name="path">The assembly.</param>
    public static IEnumerable<TypeTie> ToAssemblies(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var reader = file.GetMetadataReader();
        var own = reader.GetString(reader.GetAssemblyDefinition().Name);
        return
        [
            .. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))
                .Select(other => new TypeTie(own, own, other, other)),
        ];
    }

    static (string Folder, string Type) NameOf(MetadataReader reader, TypeDefinitionHandle handle, string root)
    {
        var type = reader.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
        {
            type = reader.GetTypeDefinition(type.GetDeclaringType());
        }

        var folder = reader.GetString(type.Namespace);
        return (folder.Length == 0 ? root : folder, reader.GetString(type.Name));
    }
}
