using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Microsoft.Extensions.Configuration;

namespace SasRec.Portable.LocalHost.Invocation;

/// <summary>A function found in an assembly: a method with a name and one trigger.</summary>
sealed class LocalFunction : FunctionDefinition
{
    LocalFunction(string name, MethodInfo method, ParameterInfo parameter, TriggerBindingAttribute trigger) =>
        (Name, Method, TriggerParameter, Trigger) = (name, method, parameter, trigger);

    public override string Name { get; }

    public override string Id => Name;

    public override string EntryPoint => $"{Method.DeclaringType!.FullName}.{Method.Name}";

    public override string PathToAssembly => Method.DeclaringType!.Assembly.Location;

    public MethodInfo Method { get; }

    public ParameterInfo TriggerParameter { get; }

    public TriggerBindingAttribute Trigger { get; }

    /// <summary>Every function of the classes, in the order of their names, without those that <c>AzureWebJobs.NAME.Disabled</c> switches off.</summary>
    /// <exception cref="InvalidOperationException">Two functions share a name, or a function has not exactly one trigger.</exception>
    /// <exception cref="NotSupportedException">A function returns what no host waits for.</exception>
    public static IReadOnlyList<LocalFunction> Find(IEnumerable<Type> classes, IConfiguration settings)
    {
        LocalFunction[] found =
        [
            .. from type in classes
               where !type.IsAbstract || type.IsSealed
               from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
               let name = method.GetCustomAttribute<FunctionAttribute>()?.Name
               where name is not null
               orderby name
               select From(name, method),
        ];
        if (found.GroupBy(f => f.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twins)
        {
            throw new InvalidOperationException($"{twins.Count()} functions are named '{twins.Key}': {string.Join(", ", twins.Select(f => f.EntryPoint))}.");
        }

        return [.. found.Where(f => !Disabled(f, settings))];
    }

    static bool Disabled(LocalFunction function, IConfiguration settings) =>
        (settings[$"AzureWebJobs.{function.Name}.Disabled"] ?? settings[$"AzureWebJobs_{function.Name}_Disabled"]) is "1" or "true" or "True";

    static LocalFunction From(string name, MethodInfo method)
    {
        var triggers = method.GetParameters()
            .Select(parameter => (parameter, trigger: parameter.GetCustomAttribute<TriggerBindingAttribute>()))
            .Where(p => p.trigger is not null)
            .ToArray();
        if (triggers is not [var (parameter, trigger)])
        {
            throw new InvalidOperationException($"Function '{name}' has {triggers.Length} triggers; it must have one.");
        }

        var asyncVoid = method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute));
        if (asyncVoid || method.ReturnType.Name.StartsWith(nameof(ValueTask), StringComparison.Ordinal))
        {
            throw new NotSupportedException($"Function '{name}' returns {(asyncVoid ? "async void" : method.ReturnType.Name)}; return Task.");
        }

        return new LocalFunction(name, method, parameter, trigger!);
    }
}
