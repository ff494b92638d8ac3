using System.ComponentModel;
using System.Globalization;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Portable.LocalHost.Invocation;

/// <summary>Calls one function: an instance from its constructor's services, each parameter from the trigger or the binding data.</summary>
sealed class FunctionInvoker
{
    readonly MethodInfo method;
    readonly ObjectFactory? create;
    readonly Func<LocalFunctionContext, object?>[] bindings;
    readonly PropertyInfo? result;

    /// <param name="function">What to call.</param>
    /// <param name="input">Converts what triggered the function for its trigger's parameter.</param>
    public FunctionInvoker(LocalFunction function, Func<object, object?> input)
    {
        method = function.Method;
        create = method.IsStatic ? null : ActivatorUtilities.CreateFactory(method.DeclaringType!, []);
        bindings = [.. method.GetParameters().Select(p => p == function.TriggerParameter ? c => input(c.Input) : Binding(function, p))];
        result = method.ReturnType.IsGenericType ? method.ReturnType.GetProperty(nameof(Task<>.Result)) : null;
    }

    /// <summary>Runs the function to its end, in a span of its own where somebody listens.</summary>
    /// <returns>What it returned; null if it returns nothing.</returns>
    public async Task<object?> InvokeAsync(LocalFunctionContext context)
    {
        using var span = InvocationSpan.Start(context);
        var arguments = Array.ConvertAll(bindings, bind => bind(context));
        var returned = method.Invoke(create?.Invoke(context.InstanceServices, null), BindingFlags.DoNotWrapExceptions, null, arguments, null);
        if (returned is not Task task)
        {
            return returned;
        }

        await task;
        return result?.GetValue(task);
    }

    static Func<LocalFunctionContext, object?> Binding(LocalFunction function, ParameterInfo parameter)
    {
        var (name, type) = (parameter.Name!, parameter.ParameterType);
        if (type == typeof(FunctionContext))
        {
            return context => context;
        }

        if (type == typeof(CancellationToken))
        {
            return context => context.CancellationToken;
        }

        var target = Nullable.GetUnderlyingType(type) ?? type;
        var converter = TypeDescriptor.GetConverter(target);
        if (target != typeof(string) && !converter.CanConvertFrom(typeof(string)))
        {
            throw new NotSupportedException($"Function '{function.Name}': the local host cannot bind parameter '{name}' of type {type}.");
        }

        var missing = parameter.HasDefaultValue ? parameter.DefaultValue
            : type.IsValueType ? Activator.CreateInstance(type)
            : null;
        return context => context.BindingContext.BindingData.GetValueOrDefault(name) switch
        {
            null => missing,
            string text when target != typeof(string) => Convert(text),
            var value => value,
        };

        object? Convert(string text)
        {
            try
            {
                return converter.ConvertFromString(null, CultureInfo.InvariantCulture, text);
            }
            catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
            {
                throw new InvalidOperationException($"Function '{function.Name}': parameter '{name}' must be {target.Name}, found '{text}'.", e);
            }
        }
    }
}
