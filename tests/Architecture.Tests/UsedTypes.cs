using System.Collections.Immutable;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace SasRec.Architecture.Tests;

/// <summary>The types of an assembly that one of its types uses.</summary>
sealed class UsedTypes(PEReader file, MetadataReader reader)
{
    static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null)).OfType<OpCode>()
        .ToDictionary(code => (int)(ushort)code.Value);

    readonly HashSet<TypeDefinitionHandle> found = [];
    readonly Signatures signatures = new();

    /// <summary>Every type of the assembly that a type names anywhere.</summary>
    /// <param name="handle">The type.</param>
    public IReadOnlySet<TypeDefinitionHandle> Of(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        Add(type.BaseType);
        foreach (var implemented in type.GetInterfaceImplementations())
        {
            Add(reader.GetInterfaceImplementation(implemented).Interface);
        }

        Constraints(type.GetGenericParameters());
        Attributes(type.GetCustomAttributes());
        foreach (var field in type.GetFields().Select(reader.GetFieldDefinition))
        {
            found.UnionWith(field.DecodeSignature(signatures, null));
            Attributes(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties())
        {
            Attributes(reader.GetPropertyDefinition(property).GetCustomAttributes());
        }

        foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
        {
            Signature(method.DecodeSignature(signatures, null));
            Constraints(method.GetGenericParameters());
            Attributes(method.GetCustomAttributes());
            if (method.RelativeVirtualAddress != 0)
            {
                Body(file.GetMethodBody(method.RelativeVirtualAddress));
            }
        }

        return found;
    }

    void Body(MethodBodyBlock body)
    {
        if (!body.LocalSignature.IsNil)
        {
            foreach (var local in reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(signatures, null))
            {
                found.UnionWith(local);
            }
        }

        foreach (var region in body.ExceptionRegions)
        {
            Add(region.CatchType);
        }

        for (var il = body.GetILReader(); il.RemainingBytes > 0;)
        {
            int value = il.ReadByte();
            var code = OpCodesByValue[value == 0xFE ? 0xFE00 | il.ReadByte() : value];
            switch (code.OperandType)
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    Add(MetadataTokens.EntityHandle(il.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = il.ReadInt32();
                    il.Offset += targets * sizeof(int);
                    break;
                default:
                    il.Offset += Size(code.OperandType);
                    break;
            }
        }
    }

    static int Size(OperandType operand) => operand switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        _ => 4,
    };

    /// <summary>Adds the types that a token names.</summary>
    void Add(EntityHandle handle)
    {
        if (handle.IsNil)
        {
            return;
        }

        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                found.Add((TypeDefinitionHandle)handle);
                break;
            case HandleKind.TypeSpecification:
                found.UnionWith(reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(signatures, null));
                break;
            case HandleKind.MethodDefinition:
                found.Add(reader.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                found.Add(reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MethodSpecification:
                var generic = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(generic.Method);
                foreach (var argument in generic.DecodeSignature(signatures, null))
                {
                    found.UnionWith(argument);
                }

                break;
            case HandleKind.MemberReference:
                var member = reader.GetMemberReference((MemberReferenceHandle)handle);
                Add(member.Parent);
                if (member.GetKind() == MemberReferenceKind.Method)
                {
                    Signature(member.DecodeMethodSignature(signatures, null));
                }
                else
                {
                    found.UnionWith(member.DecodeFieldSignature(signatures, null));
                }

                break;
            default:
                break;
        }
    }

    void Signature(MethodSignature<ImmutableArray<TypeDefinitionHandle>> signature)
    {
        found.UnionWith(signature.ReturnType);
        foreach (var parameter in signature.ParameterTypes)
        {
            found.UnionWith(parameter);
        }
    }

    void Constraints(GenericParameterHandleCollection parameters)
    {
        foreach (var constraint in parameters.SelectMany(parameter => reader.GetGenericParameter(parameter).GetConstraints()))
        {
            Add(reader.GetGenericParameterConstraint(constraint).Type);
        }
    }

    void Attributes(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
        {
            Add(reader.GetCustomAttribute(attribute).Constructor);
        }
    }

    /// <summary>Reads a signature as the types of this assembly in it.</summary>
    sealed class Signatures : ISignatureTypeProvider<ImmutableArray<TypeDefinitionHandle>, object?>
    {
        static readonly ImmutableArray<TypeDefinitionHandle> None = [];

        public ImmutableArray<TypeDefinitionHandle> GetArrayType(ImmutableArray<TypeDefinitionHandle> elementType, ArrayShape shape) => elementType;

        public ImmutableArray<TypeDefinitionHandle> GetByReferenceType(ImmutableArray<TypeDefinitionHandle> elementType) => elementType;

        public ImmutableArray<TypeDefinitionHandle> GetFunctionPointerType(MethodSignature<ImmutableArray<TypeDefinitionHandle>> signature) =>
            [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(type => type)];

        public ImmutableArray<TypeDefinitionHandle> GetGenericInstantiation(
            ImmutableArray<TypeDefinitionHandle> genericType, ImmutableArray<ImmutableArray<TypeDefinitionHandle>> typeArguments) =>
            [.. genericType, .. typeArguments.SelectMany(type => type)];

        public ImmutableArray<TypeDefinitionHandle> GetGenericMethodParameter(object? genericContext, int index) => None;

        public ImmutableArray<TypeDefinitionHandle> GetGenericTypeParameter(object? genericContext, int index) => None;

        public ImmutableArray<TypeDefinitionHandle> GetModifiedType(
            ImmutableArray<TypeDefinitionHandle> modifier, ImmutableArray<TypeDefinitionHandle> unmodifiedType, bool isRequired) =>
            [.. modifier, .. unmodifiedType];

        public ImmutableArray<TypeDefinitionHandle> GetPinnedType(ImmutableArray<TypeDefinitionHandle> elementType) => elementType;

        public ImmutableArray<TypeDefinitionHandle> GetPointerType(ImmutableArray<TypeDefinitionHandle> elementType) => elementType;

        public ImmutableArray<TypeDefinitionHandle> GetPrimitiveType(PrimitiveTypeCode typeCode) => None;

        public ImmutableArray<TypeDefinitionHandle> GetSZArrayType(ImmutableArray<TypeDefinitionHandle> elementType) => elementType;

        public ImmutableArray<TypeDefinitionHandle> GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            [handle];

        public ImmutableArray<TypeDefinitionHandle> GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => None;

        public ImmutableArray<TypeDefinitionHandle> GetTypeFromSpecification(
            MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);
    }
}
