using System.Reflection;
using System.Reflection.Emit;
using Azure.Storage.Queues.Models;
using Microsoft.Azure.WebJobs;
using SasRec.Host.Worker;

namespace SasRec.Host.Listeners;

/// <summary>Declares the worker's queue and timer functions to the WebJobs SDK, which finds functions by the attributes of methods.</summary>
static class ListenerTypes
{
    static readonly ConstructorInfo BaseConstructor =
        typeof(ListenerFunction).GetConstructor(BindingFlags.NonPublic | BindingFlags.Instance, [typeof(ListenedFunctions), typeof(string)])!;

    /// <summary>A class for each queue or timer function, with one method that runs it.</summary>
    public static IReadOnlyList<Type> Of(IEnumerable<FunctionDefinition> functions)
    {
        var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("SasRec.Host.Functions"), AssemblyBuilderAccess.Run);
        var module = assembly.DefineDynamicModule("Functions");
        return [.. functions.Select(function => function.Trigger switch
        {
            QueueTrigger queue => Declare(
                module, function.Name, typeof(QueueMessage), nameof(ListenerFunction.OnMessageAsync),
                new CustomAttributeBuilder(typeof(QueueTriggerAttribute).GetConstructor([typeof(string)])!, [queue.Queue])),
            TimerTrigger timer => Declare(
                module, function.Name, typeof(TimerInfo), nameof(ListenerFunction.OnScheduleAsync),
                new CustomAttributeBuilder(
                    typeof(TimerTriggerAttribute).GetConstructor([typeof(string)])!, [timer.Schedule],
                    [typeof(TimerTriggerAttribute).GetProperty("UseMonitor")!, typeof(TimerTriggerAttribute).GetProperty("RunOnStartup")!],
                    [timer.UseMonitor, timer.RunOnStartup])),
            _ => null,
        }).OfType<Type>()];
    }

    static Type Declare(ModuleBuilder module, string function, Type brings, string runs, CustomAttributeBuilder trigger)
    {
        var type = module.DefineType(function, TypeAttributes.Public | TypeAttributes.Sealed | TypeAttributes.Class, typeof(ListenerFunction));
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, [typeof(ListenedFunctions)]);
        var code = constructor.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldstr, function);
        code.Emit(OpCodes.Call, BaseConstructor);
        code.Emit(OpCodes.Ret);

        var method = type.DefineMethod("Run", MethodAttributes.Public, typeof(Task), [brings, typeof(CancellationToken)]);
        method.SetCustomAttribute(new CustomAttributeBuilder(typeof(FunctionNameAttribute).GetConstructor([typeof(string)])!, [function]));
        method.DefineParameter(1, ParameterAttributes.None, "trigger").SetCustomAttribute(trigger);
        method.DefineParameter(2, ParameterAttributes.None, "cancellation");
        code = method.GetILGenerator();
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldarg_1);
        code.Emit(OpCodes.Ldarg_2);
        code.Emit(OpCodes.Call, typeof(ListenerFunction).GetMethod(runs)!);
        code.Emit(OpCodes.Ret);
        return type.CreateType();
    }
}
